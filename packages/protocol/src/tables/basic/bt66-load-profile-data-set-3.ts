import { type TableValue, table } from "../../layout/index.ts";
import { loadProfileData } from "./load-profile-data.ts";

/** MEP guide 1.1, pp. 244-247; older firmware has one data set (p. 123). */
export const BT66 = table(
  "BT66",
  0x0042,
  "Load Profile Data, Data Set 3",
  { read: "basic", write: "never" },
  loadProfileData(2),
  { since: { meter: [3, 50], module: [1, 20] } },
);
export type BT66 = TableValue<typeof BT66>;
