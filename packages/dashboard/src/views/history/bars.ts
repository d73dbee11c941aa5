/** Makes the bars of a chart, or the rows of its table, of what is loaded. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { Cost, Interval, Source, Sum } from "./history-answers.ts";
import { bounds, type EnergyLevel, kindsOf, type TileKey, type TileKind, tileSpan, tilesOf } from "./levels.ts";
import type { TileData } from "./load-tiles.ts";
import type { Span } from "./shown-range.ts";

/**
 * What a bar is, the most important first where several hold:
 *
 * - `loading`: not known yet, as it is still being asked for.
 * - `future`, `before`: not yet over, or before the first value that is stored.
 * - `pending`: over, but the meter's own record of it has not been due yet.
 * - `missing`: nobody has it any more.
 * - `gap`: nothing is stored; the meter may still have it.
 * - `incomplete`: a part of it has no value.
 * - `estimated`: a part of it was calculated or entered by a person.
 * - `doubtful`: a part of it is shorter or longer than usual, or in doubt.
 * - `recovered`: a part of it was not read live, but is known from the meter's memory.
 * - `measured`: nothing is special.
 */
export const BAR_STATES = [
  "loading",
  "future",
  "before",
  "pending",
  "missing",
  "gap",
  "incomplete",
  "estimated",
  "doubtful",
  "recovered",
  "measured",
] as const;
export type BarState = (typeof BAR_STATES)[number];

export interface Bar extends Span {
  /** Wh; null is unknown. */
  readonly imported: number | null;
  readonly exported: number | null;
  readonly state: BarState;
  /** Null if it is unknown, or nothing has a price. */
  readonly cost: number | null;
  /** Whether a part of its energy has no price, so that it cost more. */
  readonly partlyPriced: boolean;
  /** Of one single interval: when it ended, and who says so. */
  readonly single: { readonly end: number; readonly source: Source | null } | null;
}

export interface BarContext {
  readonly calendar: ZoneCalendar;
  readonly tile: (key: TileKey) => TileData | undefined;
  readonly now: number;
  /** When the newest intervals begin that are not due yet. */
  readonly pendingFrom: number;
  /** When the first stored interval begins, as far as that is known; null if nothing is stored. */
  readonly first: number | null;
  readonly hasExport: boolean;
  /** Milliseconds of an interval. */
  readonly interval: number;
}

/** Intervals may leave this share of a bar open, as their ends are those of the meter's clock. */
const MAY_LACK = 0.01;

/** Adds up what is known of one bar. */
class Collected {
  imported: number | null = null;
  exported: number | null = null;
  /** Milliseconds that values cover, of import. */
  covered = 0;
  missing = false;
  estimated = false;
  doubtful = false;
  recovered = false;
  pieces = 0;
  last: Interval | null = null;

  add(interval: Interval, isImport: boolean): void {
    const { value, source, quality } = interval;
    if (isImport) {
      this.pieces++;
      this.last = interval;
    }
    if (value === null) {
      this.missing ||= quality === "missing";
      return;
    }
    if (isImport) this.covered += interval.end - interval.from;
    this.#value(value, isImport);
    this.estimated ||= source === "estimated" || source === "manual";
    this.doubtful ||= quality === "partial" || quality === "suspect";
  }

  addSum({ value, seconds, byQuality, bySource }: Sum, isImport: boolean): void {
    if (isImport) this.covered += 1000 * seconds;
    if (value !== null) this.#value(value, isImport);
    this.missing ||= byQuality.missing > 0;
    this.estimated ||= bySource.estimated + bySource.manual > 0;
    this.doubtful ||= byQuality.partial + byQuality.suspect > 0;
  }

  #value(value: number, isImport: boolean): void {
    if (isImport) this.imported = (this.imported ?? 0) + value;
    else this.exported = (this.exported ?? 0) + value;
  }
}

function stateOf(it: Collected, { from, to }: Span, context: BarContext): BarState {
  const { now, pendingFrom, first, interval } = context;
  if (from >= now) return "future";
  if (it.imported === null && it.exported === null) {
    if (first === null || to <= first) return it.missing ? "missing" : "before";
    if (to > pendingFrom) return "pending";
    return it.missing ? "missing" : "gap";
  }
  const due = Math.min(to, pendingFrom) - Math.max(from, first ?? from);
  if (it.missing || due - it.covered > Math.min(due * MAY_LACK, interval / 2)) return "incomplete";
  if (it.estimated) return "estimated";
  if (it.doubtful) return "doubtful";
  return it.recovered ? "recovered" : "measured";
}

/** The place of the bar that holds a moment; -1 outside of all. */
export function indexAt(ends: readonly number[], time: number): number {
  let [low, high] = [0, ends.length - 1];
  if (!(time >= (ends[low] ?? Number.POSITIVE_INFINITY) && time < (ends[high] ?? 0))) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) <= time) low = middle;
    else high = middle;
  }
  return low;
}

/** The tiles of a range that are loaded, and whether all of them are. */
function loadedTiles(
  context: BarContext,
  kind: TileKind,
  span: Span,
): { readonly tiles: TileData[]; readonly gaps: Span[] } {
  const tiles: TileData[] = [];
  const gaps: Span[] = [];
  for (const key of tilesOf(context.calendar, kind, span)) {
    const tile = context.tile(key);
    if (tile !== undefined) tiles.push(tile);
    else gaps.push(tileSpan(context.calendar, key));
  }
  return { tiles, gaps };
}

/** The bars that touch a range, each whole, oldest first. */
export function barsOf(level: EnergyLevel, span: Span, context: BarContext): Bar[] {
  const ends = bounds(context.calendar, level, span, context.interval);
  const whole = { from: ends[0] ?? span.from, to: ends.at(-1) ?? span.to };
  const collected = Array.from({ length: Math.max(0, ends.length - 1) }, () => new Collected());
  const { energy, cost } = kindsOf(level);
  const { tiles, gaps } = loadedTiles(context, energy, whole);
  const long: Interval[] = [];
  for (const tile of tiles) collect(tile, ends, collected, level === "interval" ? context.interval : null, long);
  const costs = costsBy(ends, loadedTiles(context, cost, whole).tiles);
  const isLoading = (bar: Span): boolean => gaps.some((gap) => gap.from < bar.to && gap.to > bar.from);
  const bars = collected.map((it, n): Bar => {
    const bar = { from: ends[n] as number, to: ends[n + 1] as number };
    const { last } = it;
    return {
      ...bar,
      ...{ imported: it.imported, exported: context.hasExport ? it.exported : null },
      state: isLoading(bar) ? "loading" : stateOf(it, bar, context),
      ...(costs[n] ?? { cost: null, partlyPriced: false }),
      single: level === "interval" && it.pieces === 1 && last !== null ? { end: last.end, source: last.source } : null,
    };
  });
  return long.length === 0 ? bars : withLong(bars, long, tiles, context);
}

function collect(
  tile: TileData,
  ends: readonly number[],
  collected: readonly Collected[],
  most: number | null,
  long: Interval[],
): void {
  if (tile.kind === "intervals") {
    for (const [intervals, isImport] of [
      [tile.imported, true],
      [tile.exported, false],
    ] as const)
      for (const interval of intervals) {
        if (most !== null && interval.end - interval.from > most) {
          if (isImport && interval.value !== null) long.push(interval);
          continue;
        }
        // It may be a little longer than its bar, and belongs where it ended.
        collected[indexAt(ends, interval.end - 1)]?.add(interval, isImport);
      }
    for (const time of tile.recovered) {
      const it = collected[indexAt(ends, time)];
      if (it !== undefined) it.recovered = true;
    }
  } else if (tile.kind === "sums") {
    for (const [sums, isImport] of [
      [tile.imported, true],
      [tile.exported, false],
    ] as const)
      for (const sum of sums) collected[indexAt(ends, sum.from)]?.addSum(sum, isImport);
    for (const time of tile.recovered) {
      const it = collected[indexAt(ends, time)];
      if (it !== undefined) it.recovered = true;
    }
  }
}

/** Intervals that are longer than the others are bars of their own length, in place of those that they cover. */
function withLong(
  bars: readonly Bar[],
  long: readonly Interval[],
  tiles: readonly TileData[],
  context: BarContext,
): Bar[] {
  const made = long.map((interval): Bar => {
    const out = tiles
      .flatMap((tile) => (tile.kind === "intervals" ? tile.exported : []))
      .find(({ from, end }) => from === interval.from && end === interval.end);
    const it = new Collected();
    it.add(interval, true);
    if (out !== undefined) it.add(out, false);
    return {
      ...{
        from: interval.from,
        to: interval.end,
        imported: it.imported,
        exported: context.hasExport ? it.exported : null,
      },
      ...{ state: stateOf(it, { from: interval.from, to: interval.end }, context), cost: null, partlyPriced: false },
      single: { end: interval.end, source: interval.source },
    };
  });
  const isCovered = (bar: Bar): boolean =>
    made.some(({ from, to }) => bar.from < to && bar.to > from && bar.imported === null);
  return [...bars.filter((bar) => !isCovered(bar)), ...made].sort((a, b) => a.from - b.from);
}

type BarCost = Pick<Bar, "cost" | "partlyPriced">;

function costsBy(ends: readonly number[], tiles: readonly TileData[]): (BarCost | undefined)[] {
  const result: (BarCost | undefined)[] = [];
  for (const tile of tiles) {
    if (tile.kind !== "costs") continue;
    for (const each of tile.costs) {
      const n = indexAt(ends, each.to - 1);
      if (n >= 0) result[n] = addedCost(result[n], each);
    }
  }
  return result;
}

function addedCost(old: BarCost | undefined, { cost, energyWh, allPricedWh }: Cost): BarCost {
  const before = old?.cost ?? null;
  return {
    cost: cost === null ? before : (before ?? 0) + cost,
    partlyPriced: (old?.partlyPriced ?? false) || energyWh > allPricedWh,
  };
}

/** The length of most intervals of what is loaded, milliseconds; null without any. */
export function usualInterval(tiles: Iterable<TileData>): number | null {
  const counts = new Map<number, number>();
  for (const tile of tiles) {
    if (tile.kind !== "intervals") continue;
    for (const { from, end } of tile.imported) counts.set(end - from, (counts.get(end - from) ?? 0) + 1);
  }
  let [best, most]: [number | null, number] = [null, 0];
  for (const [length, count] of counts) if (count > most) [best, most] = [length, count];
  return best;
}
