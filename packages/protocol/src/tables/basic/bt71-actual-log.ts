import { at, type TableValue, table, u8, u16 } from "../../layout/index.ts";
import { logArguments, logFlags } from "./logs-decade.ts";

/** Optical guide 1.1, pp. 52-53. Firmware 2.01 and 2.10 do not have it (p. 51): BT70 holds there. */
export const BT71 = table(
  "BT71",
  0x0047,
  "Actual Log",
  { read: "basic", write: "never" },
  {
    ...logFlags,
    standardEventBytes: at(1, u8, "Bytes of a set of standard events", { vci: "F", value: 8, unit: "byte" }),
    manufacturerEventBytes: at(2, u8, "Bytes of a set of the manufacturer's events", {
      vci: "F",
      value: 19,
      unit: "byte",
    }),
    ...logArguments,
    historyEntries: at(5, u16, "Entries that BT74 keeps", { vci: "M", value: 100 }),
    eventEntries: at(7, u16, "Entries of the event log", { vci: "F", value: 0 }),
  },
  { since: { meter: [2, 12], module: [1, 0] } },
);
export type BT71 = TableValue<typeof BT71>;
