import { dimOr, type TableValue, table } from "../../layout/index.ts";
import { eventLogFields } from "../basic/event-log.ts";
import { ET54 } from "./et54-meter-status.ts";

/**
 * MEP guide 1.1, pp. 187-189, whose heading prints 0x0849: ETn is 2048 + n. The records are "ARRAY[BT71.5]" there as in
 * BT74; their number is that of ET54 (p. 187), 0 where the log is off.
 */
export const ET79 = table(
  "ET79",
  0x084f,
  "History Log Data (Alternate Event Log)",
  { read: "basic", write: "never" },
  eventLogFields(dimOr(ET54, "et79EntryCount", 0)),
  { since: { meter: [3, 70], module: [1, 20] } },
);
export type ET79 = TableValue<typeof ET79>;
