/** Which tables are in non-volatile memory, where writing wears it and reading is slower. MEP guide 1.1, pp. 265-269, tables C.1 and C.4. */
import type { TableId } from "./catalogue.ts";

/** "Write - NVM": what is written goes straight into non-volatile memory; of read-only tables it is the meter that writes. */
export const writtenToNvm: ReadonlySet<TableId> = new Set<TableId>([
  ...([
    "BT01",
    "BT15",
    "BT21",
    "BT22",
    "BT26",
    "BT27",
    "BT54",
    "BT61",
    "BT62",
    "BT64",
    "BT65",
    "BT66",
    "BT67",
  ] as const),
  ...([
    "BT71",
    "BT74",
    "ET03",
    "ET07",
    "ET13",
    "ET16",
    "ET34",
    "ET36",
    "ET40",
    "ET42",
    "ET45",
    "ET47",
    "ET51",
  ] as const),
  ...(["ET52", "ET53", "ET77", "ET79", "ET80"] as const),
]);

/** "Read - NVM only": what is read comes from non-volatile memory, not from RAM. */
export const readFromNvm: ReadonlySet<TableId> = new Set<TableId>([
  ...([
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
  ] as const),
  ...(["ET42", "ET52", "ET53", "ET75", "ET79", "ET81"] as const),
]);
