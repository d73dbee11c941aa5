/** Which tables are in non-volatile memory, where writing wears it and reading is slower. MEP guide 1.1, pp. 265-269, table C.1. */
import type { TableId } from "./identifiers.ts";

/** "Write - NVM", of tables that a key permits to write: what is written goes straight into non-volatile memory. */
export const writtenByHosts: ReadonlySet<TableId> = new Set([
  "BT15",
  "BT54",
  "ET03",
  "ET07",
  "ET13",
  "ET34",
  "ET40",
  "ET47",
  "ET51",
  "ET52",
  "ET77",
  "ET80",
]);

/** "Write - NVM", of tables that only the meter itself writes. */
export const writtenByMeter: ReadonlySet<TableId> = new Set([
  "BT01",
  "BT21",
  "BT22",
  "BT26",
  "BT27",
  "BT61",
  "BT62",
  "BT64",
  "BT65",
  "BT66",
  "BT67",
  "BT71",
  "BT74",
  "ET16",
  "ET36",
  "ET42",
  "ET45",
  "ET53",
  "ET79",
]);

/** "Read - NVM only": what is read comes from non-volatile memory, not from RAM. */
export const readFromNvm: ReadonlySet<TableId> = new Set([
  "BT22",
  "BT24",
  "BT25",
  "BT26",
  "BT27",
  "BT64",
  "BT65",
  "BT66",
  "BT67",
  "BT74",
  "ET16",
  "ET31",
  "ET41",
  "ET42",
  "ET52",
  "ET53",
  "ET75",
  "ET79",
  "ET81",
]);
