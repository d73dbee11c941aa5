/** How full the meter's own memory is, from its tables. */
import { number } from "../../state/loose.ts";
import type { TableContents } from "./table-answer.ts";

export interface Fill {
  /** "profile", or a table of a log. */
  readonly what: "profile" | "BT74" | "ET79" | "ET81";
  /** Of a load profile, which of its data sets, from 1. */
  readonly set: number | null;
  readonly used: number;
  readonly room: number;
  /** Minutes from one entry to the next, of a load profile. */
  readonly minutes: number | null;
}

/** Tables that tell it. */
export const FILL_TABLES = ["BT61", "BT63", "BT74", "ET79", "ET81"] as const;

function valueAt(table: TableContents, path: string): number | null {
  return number(table.fields.find((field) => field.path === path)?.value);
}

const SETS = 4;

function profileFill(sizes: TableContents, status: TableContents): Fill[] {
  return Array.from({ length: SETS }, (_, set) => set).flatMap((set) => {
    const size = (name: string) => valueAt(sizes, `dataSets.${set}.${name}`) ?? 0;
    const [blocks, each, minutes] = [size("blocks"), size("intervals"), size("maximumIntervalTime")];
    const valid = valueAt(status, `dataSets.${set}.validBlocks`);
    const inLast = valueAt(status, `dataSets.${set}.validIntervals`);
    if (blocks === 0 || each === 0 || valid === null || inLast === null) return [];
    const used = valid === 0 ? 0 : (valid - 1) * each + inLast;
    return [{ what: "profile", set: set + 1, used, room: blocks * each, minutes: minutes === 0 ? null : minutes }];
  });
}

/** Elements of a list of records: "entries.12.start" has 13. */
function elements(table: TableContents): number {
  let most = 0;
  for (const { path } of table.fields) {
    const index = /^[A-Za-z]+\.(\d+)\./.exec(path)?.[1];
    if (index !== undefined) most = Math.max(most, Number(index) + 1);
  }
  return most;
}

/** What is known of the memory from the tables that could be read. */
export function fillOf(tables: ReadonlyMap<string, TableContents>): Fill[] {
  const [sizes, status] = [tables.get("BT61"), tables.get("BT63")];
  const logs = (["BT74", "ET79", "ET81"] as const).flatMap((what): Fill[] => {
    const table = tables.get(what);
    const used = table === undefined ? null : valueAt(table, "validEntries");
    const room = table === undefined ? 0 : elements(table);
    return used === null || room === 0 ? [] : [{ what, set: null, used, room, minutes: null }];
  });
  return [...(sizes === undefined || status === undefined ? [] : profileFill(sizes, status)), ...logs];
}

/** Time that a full load profile covers, in milliseconds; null for a log. */
export function reachOf({ room, minutes }: Fill): number | null {
  return minutes === null ? null : room * minutes * 60_000;
}
