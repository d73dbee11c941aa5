import { array, at, entryDim, struct, type TableValue, table, u16, uint } from "../../layout/index.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";
import { recurringEntrySize, recurringReadFields } from "./recurring-read.ts";

/** MEP guide 1.1, pp. 125-127. */
export const ET45 = table(
  "ET45",
  0x082d,
  "MEP Recurring Read Log",
  { read: "basic", write: "never" },
  {
    ...shortLogHeader,
    entries: at(
      6,
      array(
        entryDim(ET36, "actualDimensions", adjustableLog.ET45, "currentEntries"),
        struct(
          {
            length: at(6, u16, "Bytes of the read that count, from the handle on", { vci: "M", unit: "byte" }),
            // Printed as BOOL(0..10) and BOOL(11..15).
            identifier: at(8, uint(0, 10), "What was read, by the namespace"),
            namespace: at(8, uint(11, 15), "Whose identifier it is", {
              names: { 0: "manufacturer", 1: "DLMS", 2: "OSGP" },
            }),
            ...recurringReadFields(10, recurringEntrySize),
          },
          { from: 6 },
        ),
        recurringEntrySize,
      ),
      "Scheduled reads, oldest first",
    ),
  },
);
export type ET45 = TableValue<typeof ET45>;
