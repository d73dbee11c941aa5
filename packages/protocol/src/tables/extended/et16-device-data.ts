import { array, at, dim, entryBelow, not, struct, type TableValue, table } from "../../layout/index.ts";
import { billingReadFields } from "./billing-read.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

const entrySize = dim(ET11, "dataEntrySize");

/** MEP guide 1.1, pp. 98-101. Entries stand in the order of ET13: 0 to 3 are M-Bus devices, then MEP clients. */
export const ET16 = table(
  "ET16",
  0x0810,
  "MEP/M-Bus Device Data",
  { read: "basic", write: "never" },
  {
    devices: at(
      0,
      array(dim(ET11, "deviceCount"), struct(billingReadFields(0, entrySize, not(entryBelow(4)))), entrySize),
      "Latest billing read of each device",
    ),
  },
);
export type ET16 = TableValue<typeof ET16>;
