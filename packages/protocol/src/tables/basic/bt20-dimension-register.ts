import { at, bool, type FieldMeta, type TableValue, table, u8 } from "../../layout/index.ts";
import { registerFlags } from "./registers-decade.ts";

const possible: FieldMeta = { vci: "P", value: true, since: "meter 3.10" };

/** Optical guide 1.1, pp. 22-23; the MEP guide names the table (p. 55) without its layout. What a meter can do; BT21 is what it does. */
export const BT20 = table(
  "BT20",
  0x0014,
  "Dimension Register",
  { read: "basic", write: "never" },
  {
    ...registerFlags,
    // BT21 has these of the meter; what is possible is the firmware's.
    demandResetCounter: at(0, bool(2), "Billing data can begin with the number of demand resets", possible),
    demandResetLock: at(0, bool(3), "A lockout period after a demand reset can be set", possible),
    cumulativeDemand: at(0, bool(4), "Demands can carry their cumulative value", possible),
    continuousCumulativeDemand: at(0, bool(5), "Demands can carry their continuous cumulative value", possible),
    selfReads: at(2, u8, "Most self-reads in BT26: 12 on 2.0, 24 on 2.10, 214 on 3.0, 253 from 3.10", {
      vci: "P",
      value: 253,
    }),
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
