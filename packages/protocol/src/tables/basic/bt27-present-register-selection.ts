import { array, at, dim, type TableValue, table, u8 } from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";

/** MEP guide 1.1, p. 220. */
export const BT27 = table(
  "BT27",
  0x001b,
  "Present Register Selection",
  { read: "basic", write: "never" },
  {
    presentDemandSources: at(0, array(dim(BT21, "presentDemands"), u8), "Source id of each present demand of BT28", {
      vci: "F",
    }),
    presentValueSources: at(
      dim(BT21, "presentDemands"),
      array(dim(BT21, "presentValues"), u8),
      "Source id of each present value of BT28",
      { vci: "F" },
    ),
  },
);
export type BT27 = TableValue<typeof BT27>;
