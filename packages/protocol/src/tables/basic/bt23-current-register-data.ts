import {
  array,
  at,
  dim,
  either,
  flag,
  next,
  niFormat1,
  niFormat2,
  stimeDate,
  struct,
  type TableValue,
  table,
  times,
  u8,
  when,
} from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";

const occurrences = dim(BT21, "occurrences");

// Page 216 prints the demand values at B+5*occ+8 as if both cumulative values were there; absent ones take no bytes.
const demandRecord = struct({
  eventTimes: at(
    0,
    when(flag(BT21, "dateTime"), array(occurrences, stimeDate)),
    "When each maximum was reached, local time",
  ),
  cumulativeDemand: next(when(flag(BT21, "cumulativeDemand"), niFormat1), "Cumulative demand"),
  continuousCumulativeDemand: next(
    when(flag(BT21, "continuousCumulativeDemand"), niFormat1),
    "Continuous cumulative demand",
  ),
  demands: next(array(occurrences, niFormat2), "Demand values"),
});
const coincidentRecord = struct({
  values: at(0, array(occurrences, niFormat2), "The selected source at the time of each maximum"),
});

const summations = dim(BT21, "summations");
/** The block that the total and each tier have; its sources stand in BT22, in the same order. */
const registerBlock = struct({
  // Wh and varh in units of the energy register unit of ET55; CT and VT ratios are applied already (p. 213).
  summations: at(0, array(summations, niFormat1), "Accumulations", { vci: "M" }),
  demands: at(times(4, summations), array(dim(BT21, "demands"), demandRecord), "Demand measurements", { vci: "M" }),
  coincidents: next(array(dim(BT21, "coincidents"), coincidentRecord), "Coincident values", { vci: "M" }),
});

/** MEP guide 1.1, pp. 213-217. */
export const BT23 = table(
  "BT23",
  0x0017,
  "Current Register Data",
  { read: "basic", write: "advanced" },
  {
    demandResets: at(0, when(flag(BT21, "demandResetCounter"), u8), "Demand resets carried out", { vci: "M" }),
    total: at(
      either(flag(BT21, "demandResetCounter"), 1, 0),
      registerBlock,
      "All tiers together: never reset in the field",
    ),
    tiers: next(array(dim(BT21, "tiers"), registerBlock), "Each tier; power outages, pulses and errors are 0 here"),
  },
);
export type BT23 = TableValue<typeof BT23>;
