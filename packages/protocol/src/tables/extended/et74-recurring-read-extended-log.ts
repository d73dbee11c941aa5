import { array, at, dimOr, reserved, struct, type TableValue, table, u16 } from "../../layout/index.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { ET54 } from "./et54-meter-status.ts";
import { recurringEntrySize, recurringReadFields } from "./recurring-read.ts";

const { order, overflow, listType, inhibitOverflow, filler4 } = shortLogHeader;

/** MEP guide 1.1, pp. 182-183. Entries wait here until ET45 has room. */
export const ET74 = table(
  "ET74",
  0x084a,
  "MEP Recurring Read Extended Log",
  { read: "basic", write: "never" },
  {
    order,
    overflow,
    listType,
    inhibitOverflow,
    filler4,
    validEntries: at(1, u16, "Entries that hold data", { vci: "M" }),
    // Printed with "0" and "F" (p. 183), though it moves with each entry.
    lastEntryElement: at(3, u16, "Index of the newest entry", { vci: "M" }),
    lastEntrySequenceNumber: at(5, u16, "Sequence number of the newest entry, never reset", { vci: "M" }),
    unreadEntries: at(7, u16, "Entries that have not moved to ET45", { vci: "H/M" }),
    entries: at(
      9,
      array(
        // Page 182 says once that ET42 has the count: it is ET54 that has it.
        dimOr(ET54, "et74EntryCount", 0),
        struct(
          {
            length: at(9, u16, "Bytes of the read that count, from the handle on", { vci: "M", unit: "byte" }),
            reserved11: at(11, reserved(2), "Reserved", { vci: "M" }),
            ...recurringReadFields(13, recurringEntrySize),
          },
          { from: 9 },
        ),
        recurringEntrySize,
      ),
      "Scheduled reads, oldest first",
    ),
  },
  { since: { meter: [3, 60], module: [1, 20] } },
);
export type ET74 = TableValue<typeof ET74>;
