import { array, atLeast, either, entryDim, next, type TableValue, table, u16 } from "../../layout/index.ts";
import { BT60 } from "../basic/bt60-dimension-load-profile.ts";

// Four rows are printed whatever ET54 says of multiple data sets; firmware that does not know them can have but one.
const rows = either(atLeast({ meter: [3, 50], module: [1, 20] }), 4, 1);

/** MEP guide 1.1, p. 179. Counted through all rows, entry i stands for source id 112 + i, up to 163. */
export const ET66 = table(
  "ET66",
  0x0842,
  "Load Profile Source ID Mapping Table",
  { read: "basic", write: "never" },
  {
    extendedSourceIds: next(
      array(rows, array(entryDim(BT60, "dataSets", 0, "channels"), u16)),
      "Extended source ids: bits 12..15 kind (0 standard, 4 M-Bus), 8..11 index in ET13, 0..4 M-Bus data type",
      { vci: "H" },
    ),
  },
);
export type ET66 = TableValue<typeof ET66>;
