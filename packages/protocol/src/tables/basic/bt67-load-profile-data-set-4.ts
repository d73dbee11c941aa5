import { type TableValue, table } from "../../layout/index.ts";
import { loadProfileData } from "./load-profile-data.ts";

/** MEP guide 1.1, pp. 244-247; older firmware has one data set (p. 123). */
export const BT67 = table(
  "BT67",
  0x0043,
  "Load Profile Data, Data Set 4",
  { read: "basic", write: "never" },
  loadProfileData(3),
  { since: { meter: [3, 50], module: [1, 20] } },
);
export type BT67 = TableValue<typeof BT67>;
