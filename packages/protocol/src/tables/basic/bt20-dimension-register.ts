import { at, type TableValue, table, u8 } from "../../layout/index.ts";
import { registerFlags } from "./registers-decade.ts";

/** Optical guide 1.1, pp. 22-23; the MEP guide names the table (p. 55) without its layout. What a meter can do; BT21 is what it does. */
export const BT20 = table(
  "BT20",
  0x0014,
  "Dimension Register",
  { read: "basic", write: "never" },
  {
    ...registerFlags,
    selfReads: at(2, u8, "Most self-reads in BT26: 253 from firmware 3.10", { vci: "P", value: 253 }),
    summations: at(3, u8, "Accumulations in BT23: 15, or 19 from firmware 4.0", { vci: "P", value: 15 }),
    demands: at(4, u8, "Most demand registers", { vci: "P", value: 8 }),
    coincidents: at(5, u8, "Most coincident values", { vci: "P", value: 16 }),
    occurrences: at(6, u8, "Most maxima of a demand register", { vci: "P", value: 1 }),
    tiers: at(7, u8, "Most tiers: 4, or 8 from firmware 3.70", { vci: "P", value: 8 }),
    presentDemands: at(8, u8, "Most present demands", { vci: "P", value: 8 }),
    // Printed as 41 or 72; the printed example says 26, and the list of BT28 implies one count a firmware.
    presentValues: at(9, u8, "Instantaneous values in BT28", { vci: "P" }),
  },
);
export type BT20 = TableValue<typeof BT20>;
