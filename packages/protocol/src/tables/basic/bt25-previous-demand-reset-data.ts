import { type TableValue, table } from "../../layout/index.ts";
import { registerSnapshot } from "./register-snapshot.ts";

/** MEP guide 1.1, p. 218: the newest entry of ET41. "All 4 TOU tiers" there is as many as BT21 says. */
export const BT25 = table(
  "BT25",
  0x0019,
  "Previous Demand Reset Data",
  { read: "basic", write: "never" },
  registerSnapshot(0),
);
export type BT25 = TableValue<typeof BT25>;
