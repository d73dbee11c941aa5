import { dim, type TableValue, table } from "../../layout/index.ts";
import { BT71 } from "./bt71-actual-log.ts";
import { eventLogFields } from "./event-log.ts";

/**
 * MEP guide 1.1, pp. 247-249; Optical guide 1.1, pp. 53-54. The sequence number starts again with the log before meter
 * 3.70 and module 1.20, and never from there on.
 */
export const BT74 = table(
  "BT74",
  0x004a,
  "History Log Data (Primary Event Log)",
  { read: "basic", write: "never" },
  eventLogFields(dim(BT71, "historyEntries")),
);
export type BT74 = TableValue<typeof BT74>;
