import { type TableValue, table } from "../../layout/index.ts";
import { loadProfileData } from "./load-profile-data.ts";

/** MEP guide 1.1, pp. 244-247; older firmware has one data set (p. 123). */
export const BT65 = table(
  "BT65",
  0x0041,
  "Load Profile Data, Data Set 2",
  { read: "basic", write: "never" },
  loadProfileData(1),
  { since: { meter: [3, 50], module: [1, 20] } },
);
export type BT65 = TableValue<typeof BT65>;
