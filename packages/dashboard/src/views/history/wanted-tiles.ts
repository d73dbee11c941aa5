/** Which tiles the parts of the view need, in the order in which they are needed. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type EnergyLevel, kindsOf, type PowerStep, type TileKey, type TileKind, tilesOf } from "./levels.ts";
import { clamped, type Span } from "./shown-range.ts";

export interface Wanting {
  readonly calendar: ZoneCalendar;
  readonly now: number;
  /** When the first value is, as far as that is known. */
  readonly first: number | null;
  readonly hasPrices: boolean;
}

export interface ChartWanting extends Wanting {
  readonly what: "energy" | "power";
  readonly level: EnergyLevel;
  readonly step: PowerStep;
  /** With what the range is compared. */
  readonly others: Span | null;
}

/** The months whose costs a range has, as far as something may be stored of them. */
export function costTiles({ calendar, first, now }: Wanting, { from, to }: Span): TileKey[] {
  return tilesOf(calendar, "costs-days", { from: Math.max(from, first ?? from), to: Math.min(to, now) });
}

/** For today, yesterday, this month and this year. */
export function overviewTiles({ calendar, now, hasPrices }: Wanting): TileKey[] {
  const moment = { from: now, to: now + 1 };
  const days = { from: calendar.next("day", now, -1), to: now + 1 };
  const of = (kind: TileKind, span: Span): TileKey[] => tilesOf(calendar, kind, span);
  const costs = hasPrices ? of("costs-days", days) : [];
  return [...of("days", days), ...of("months", moment), ...of("years", moment), ...costs];
}

/** What this year cost, the newest month first. */
export function priceTiles(wanting: Wanting): TileKey[] {
  const { calendar, now, hasPrices } = wanting;
  return hasPrices ? costTiles(wanting, { from: calendar.start("year", now), to: now }).toReversed() : [];
}

/** For a chart of a range: first what is in sight, then half as much on both sides, then what it is compared with. */
export function chartTiles(wanting: ChartWanting, visible: Span): TileKey[] {
  const { calendar, what, level, step, others, hasPrices } = wanting;
  const wide = withMargins(wanting, visible);
  const of = (kind: TileKind, span: Span): TileKey[] => tilesOf(calendar, kind, span);
  const { energy, cost } = kindsOf(level);
  const line: TileKind = `power-${step}`;
  const keys =
    what === "power" ? [...of(line, visible), ...of(line, wide), ...of(energy, visible)] : of(energy, visible);
  if (what === "energy") keys.push(...of(energy, wide), ...(others === null ? [] : of(energy, others)));
  if (hasPrices) {
    if (cost !== "costs-days") keys.push(...of(cost, visible));
    keys.push(...costTiles(wanting, visible));
  }
  return [...new Set(keys)];
}

function withMargins({ calendar, now }: Wanting, { from, to }: Span): Span {
  const margin = (to - from) / 2;
  const { from: least, to: most } = clamped(calendar, { from: 0, to: Number.MAX_SAFE_INTEGER }, now);
  return { from: Math.max(least, from - margin), to: Math.max(to, Math.min(most, to + margin, now)) };
}
