import { array, at, dimOr, type TableValue, table } from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";
import { mdtEntry } from "./mdt-entry.ts";

/** MEP guide 1.1, pp. 169-170. */
export const ET57 = table(
  "ET57",
  0x0839,
  "M-Bus Data Type Table",
  { read: "basic", write: "advanced" },
  {
    entries: at(0, array(dimOr(ET11, "et57EntryCount", 16), mdtEntry), "Data record headers by data type", {
      vci: "H",
    }),
  },
  // Since when is not printed; the number of its entries came with 3.30 (p. 85), which modules follow from 1.11.
  { since: { meter: [3, 30], module: [1, 11] } },
);
export type ET57 = TableValue<typeof ET57>;
