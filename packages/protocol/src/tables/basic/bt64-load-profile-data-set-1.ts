import { type TableValue, table } from "../../layout/index.ts";
import { loadProfileData } from "./load-profile-data.ts";

/** MEP guide 1.1, pp. 244-247. */
export const BT64 = table(
  "BT64",
  0x0040,
  "Load Profile Data, Data Set 1",
  { read: "basic", write: "never" },
  loadProfileData(0),
);
export type BT64 = TableValue<typeof BT64>;
