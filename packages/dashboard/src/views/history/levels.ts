/** How fine the history is drawn, and in which tiles it is loaded. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { Span } from "./shown-range.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What one bar is. */
const ENERGY_LEVELS = ["interval", "hour", "day", "month", "year"] as const;
export type EnergyLevel = (typeof ENERGY_LEVELS)[number];

/** Seconds of one step of a power line. */
export const POWER_STEPS = [10, 60, 300, 900, 3600, 21_600, 86_400] as const;
export type PowerStep = (typeof POWER_STEPS)[number];

/** The finest bars that are not too many for a range. */
export function energyLevel({ from, to }: Span): EnergyLevel {
  const length = to - from;
  if (length <= 1.6 * DAY) return "interval";
  if (length <= 10 * DAY) return "hour";
  if (length <= 130 * DAY) return "day";
  if (length <= 5 * 366 * DAY) return "month";
  return "year";
}

/** About as many steps as a chart has pixels. */
const MOST_STEPS = 1000;
/** How long single readings are surely kept; older minutes are. */
const RAW_KEPT = 13 * DAY;

/** @param poll milliseconds from one reading to the next: a finer step would draw false gaps */
export function powerStep({ from, to }: Span, now: number, poll: number): PowerStep {
  const wanted = Math.max((to - from) / 1000 / MOST_STEPS, (2 * poll) / 1000, from < now - RAW_KEPT ? 60 : 0);
  return POWER_STEPS.find((step) => step >= wanted) ?? 86_400;
}

/** Of what a tile is made. */
export type TileKind =
  | "intervals"
  | "days"
  | "months"
  | "years"
  | `power-${PowerStep}`
  | "costs-intervals"
  | "costs-days";

/** "intervals:5123": a kind and the number of the tile. */
export type TileKey = `${TileKind}:${number}`;

/** Days of intervals in a tile: few enough for one page of an answer, and at most what costs may have. */
const INTERVAL_DAYS = 4;
/** Steps of power in a tile; an answer may have 2,000. */
const POWER_TILE_STEPS = 720;

const decade = (year: number): number => Math.floor(year / 10);

const fixedLength = (kind: TileKind): number | null => {
  if (kind === "intervals" || kind === "costs-intervals") return INTERVAL_DAYS * DAY;
  return kind.startsWith("power-") ? Number(kind.slice(6)) * 1000 * POWER_TILE_STEPS : null;
};

/** The number of the tile that holds a moment. Tiles of bars are cut at the point's own midnights. */
function indexOf(calendar: ZoneCalendar, kind: TileKind, time: number): number {
  const length = fixedLength(kind);
  if (length !== null) return Math.floor(time / length);
  const { year, month } = calendar.parts(time);
  if (kind === "years") return Math.floor(year / 100);
  if (kind === "months") return decade(year);
  return kind === "costs-days" ? 12 * year + month - 1 : year;
}

/** From when to when a tile is. */
export function tileSpan(calendar: ZoneCalendar, key: TileKey): Span {
  const { kind, index } = partsOf(key);
  const length = fixedLength(kind);
  if (length !== null) return { from: index * length, to: (index + 1) * length };
  if (kind === "costs-days") {
    const year = Math.floor(index / 12);
    return { from: calendar.at(year, index - 12 * year + 1), to: calendar.at(year, index - 12 * year + 2) };
  }
  const years = { years: 100, months: 10 }[kind as string] ?? 1;
  return { from: calendar.at(index * years, 1), to: calendar.at((index + 1) * years, 1) };
}

export function partsOf(key: TileKey): { readonly kind: TileKind; readonly index: number } {
  const cut = key.lastIndexOf(":");
  return { kind: key.slice(0, cut) as TileKind, index: Number(key.slice(cut + 1)) };
}

/** No range needs more; a mistake would otherwise ask for everything. */
const MOST_TILES = 150;

/** The tiles that a range touches. */
export function tilesOf(calendar: ZoneCalendar, kind: TileKind, { from, to }: Span): TileKey[] {
  if (!(from < to)) return [];
  const [first, last] = [indexOf(calendar, kind, from), indexOf(calendar, kind, to - 1)];
  return Array.from({ length: Math.min(MOST_TILES, last - first + 1) }, (_, n): TileKey => `${kind}:${first + n}`);
}

/** Costs of a year take the gateway some seconds, so they are asked for by months, and a month that is over once only. */
const KINDS: Readonly<Record<EnergyLevel, { readonly energy: TileKind; readonly cost: TileKind }>> = {
  interval: { energy: "intervals", cost: "costs-intervals" },
  hour: { energy: "intervals", cost: "costs-intervals" },
  day: { energy: "days", cost: "costs-days" },
  month: { energy: "months", cost: "costs-days" },
  year: { energy: "years", cost: "costs-days" },
};

/** Of which tiles the bars of a level are made. */
export function kindsOf(level: EnergyLevel): { readonly energy: TileKind; readonly cost: TileKind } {
  return KINDS[level];
}

/** The ends of the bars of a level that touch a range, ascending: one more than there are bars. */
export function bounds(calendar: ZoneCalendar, level: EnergyLevel, { from, to }: Span, interval: number): number[] {
  if (level === "interval" || level === "hour") {
    const step = level === "hour" ? HOUR : interval;
    // In zones that are not whole hours from UTC, an hour begins when the clock on the wall says so.
    const start = level === "hour" ? from - mod(calendar.local(from), HOUR) : Math.floor(from / step) * step;
    return Array.from({ length: Math.ceil((to - start) / step) + 1 }, (_, n) => start + n * step);
  }
  const result = [calendar.start(level, from)];
  for (let time = result[0] as number; time < to; result.push(time)) {
    const next = calendar.next(level, time);
    // A day that a zone skipped has no length.
    time = next > time ? next : calendar.next(level, time, 2);
  }
  return result;
}

function mod(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** The range cut at the ends of bars, the nearest ones, but at least one bar. */
export function snapped(calendar: ZoneCalendar, level: EnergyLevel, { from, to }: Span, interval: number): Span {
  const near = (time: number): number => {
    const [low = time, high = time] = bounds(calendar, level, { from: time, to: time + 1 }, interval);
    return time - low < high - time ? low : high;
  };
  const start = near(from);
  const end = near(to);
  return {
    from: start,
    to: end > start ? end : (bounds(calendar, level, { from: start, to: start + 1 }, interval)[1] ?? to),
  };
}
