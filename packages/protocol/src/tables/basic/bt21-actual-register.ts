import { at, type TableValue, table, u8 } from "../../layout/index.ts";
import { registerFlags } from "./registers-decade.ts";

/** MEP guide 1.1, pp. 206-208. Firmware 2.0 and 2.10 do not have it (Optical guide, p. 21): BT20 holds there. */
export const BT21 = table(
  "BT21",
  0x0015,
  "Actual Register",
  { read: "basic", write: "never" },
  {
    ...registerFlags,
    selfReads: at(2, u8, "Self-reads that BT26 keeps", { vci: "M" }),
    // "Fixed at 15 (or 11)" on p. 213 is stale: 19 from firmware 4.0 (p. 208).
    summations: at(3, u8, "Accumulations in BT23: 11, 15 with demand, 19 from firmware 4.0", { vci: "M" }),
    demands: at(4, u8, "Demand registers in use", { vci: "M" }),
    coincidents: at(5, u8, "Coincident values in use", { vci: "M" }),
    occurrences: at(6, u8, "Maxima of a demand register", { vci: "M" }),
    tiers: at(7, u8, "Tiers: 4, or up to 8 from firmware 3.70 and module 1.20", { vci: "P", value: 4 }),
    presentDemands: at(8, u8, "Present demands in BT28", { vci: "M" }),
    presentValues: at(9, u8, "Instantaneous values in BT28", { vci: "M" }),
  },
  { since: { meter: [2, 12], module: [1, 0] } },
);
export type BT21 = TableValue<typeof BT21>;
