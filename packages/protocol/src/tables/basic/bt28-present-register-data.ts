import {
  array,
  at,
  dim,
  either,
  flag,
  niFormat1,
  niFormat2,
  struct,
  type TableValue,
  table,
  time,
  times,
  when,
} from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";

const timeRemaining = flag(BT21, "timeRemaining");

const presentDemand = struct({
  timeRemaining: at(0, when(timeRemaining, time), "Time to the end of the demand interval"),
  // Printed at 3 (p. 221), which holds only with the time before it.
  value: at(either(timeRemaining, 3, 0), niFormat2, "Present demand"),
});

/**
 * MEP guide 1.1, pp. 221-226. What each present value is stands in BT27, in the same order. CT and VT ratios are not
 * applied unless the source says "post CT/VT". The offset formula of p. 222 forgets the factor 4 of the value's number.
 */
export const BT28 = table(
  "BT28",
  0x001c,
  "Present Register Data",
  { read: "basic", write: "never" },
  {
    presentDemands: at(0, array(dim(BT21, "presentDemands"), presentDemand), "Present demands, in BT27 order", {
      vci: "M",
    }),
    presentValues: at(
      times(either(timeRemaining, 7, 4), dim(BT21, "presentDemands")),
      array(dim(BT21, "presentValues"), niFormat1),
      "Present values, in BT27 order",
      { vci: "M" },
    ),
  },
  // Values 75 to 83 (p. 225).
  { cutOn: { module: [[[1, 32]]] } },
);
export type BT28 = TableValue<typeof BT28>;
