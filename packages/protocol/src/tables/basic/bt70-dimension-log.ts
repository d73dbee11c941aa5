import { at, type TableValue, table, u8, u16 } from "../../layout/index.ts";
import { logArguments, logFlags } from "./logs-decade.ts";

/**
 * Optical guide 1.1, p. 52; the MEP guide lists the table (p. 266) without its layout. What a meter can do; BT71 is what
 * it does. Bytes 1 and 2 count events here and bytes of events in BT71.
 */
export const BT70 = table(
  "BT70",
  0x0046,
  "Dimension Log",
  { read: "basic", write: "never" },
  {
    ...logFlags,
    standardEvents: at(1, u8, "Standard events: up to 64", { vci: "F" }),
    manufacturerEvents: at(2, u8, "Events of the manufacturer: up to 152", { vci: "P" }),
    ...logArguments,
    historyEntries: at(5, u16, "Most entries in the history log, mostly 100 or 200", { vci: "P" }),
    eventEntries: at(7, u16, "Most entries in the event log", { vci: "P", value: 0 }),
  },
);
export type BT70 = TableValue<typeof BT70>;
