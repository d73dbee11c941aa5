/** What a cell of the completeness map says. */
import type { MapRow } from "../answers.ts";

export type Cell = "full" | "part" | "none" | "gone" | "open";

/**
 * The cell of a day of the month, counted from 1.
 *
 * @example cellOf({ point: "a", name: "a", site: null, percent: [99], gone: new Set() }, 1) // "part"
 */
export function cellOf({ percent, gone }: MapRow, day: number): Cell {
  if (gone.has(day)) return "gone";
  const value = percent[day - 1] ?? null;
  if (value === null) return "open";
  return value >= 100 ? "full" : value > 0 ? "part" : "none";
}

/** Days that are complete, and days of which something is expected. */
export function countsOf(row: MapRow): { readonly full: number; readonly expected: number } {
  const known = row.percent.filter((value) => value !== null);
  return { full: known.filter((value) => value >= 100).length, expected: known.length };
}
