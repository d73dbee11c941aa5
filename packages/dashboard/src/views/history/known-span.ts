/** What is known of a point's history as a whole. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { TileKey } from "./levels.ts";
import { tilesOf } from "./levels.ts";
import type { TileData } from "./load-tiles.ts";

interface Known {
  readonly calendar: ZoneCalendar;
  readonly tile: (key: TileKey) => TileData | undefined;
}

/**
 * The beginning of the first year, month or day with a value, as precisely as what is loaded tells; null if nothing is stored, or that is
 * not known yet.
 */
export function firstOf({ calendar, tile }: Known, now: number): number | null {
  const firstIn = (key: TileKey | undefined): number | null => {
    const data = key === undefined ? undefined : tile(key);
    if (data?.kind !== "sums") return null;
    const starts = [...data.imported, ...data.exported].filter(({ value }) => value !== null).map(({ from }) => from);
    return starts.length === 0 ? null : Math.min(...starts);
  };
  let first = firstIn(tilesOf(calendar, "years", { from: now, to: now + 1 })[0]);
  for (const kind of ["months", "days"] as const)
    if (first !== null) first = firstIn(tilesOf(calendar, kind, { from: first, to: first + 1 })[0]) ?? first;
  return first;
}
