/** Sums of bars, and how they compare with those of an earlier time. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type Bar, type BarState, indexAt } from "./bars.ts";
import type { Cost } from "./history-answers.ts";
import { type Shift, type Span, shifted } from "./shown-range.ts";

export interface Totals {
  /** Wh; null if nothing is known. */
  readonly imported: number | null;
  readonly exported: number | null;
  /** Import without export, Wh; null unless both are known. */
  readonly net: number | null;
  readonly cost: number | null;
  readonly partlyPriced: boolean;
  /** Bars by state. */
  readonly states: Readonly<Partial<Record<BarState, number>>>;
}

export function plus(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}

/** Import without export; null unless both are known, since what is unknown is not zero. */
export function netOf({ imported, exported }: Pick<Bar, "imported" | "exported">): number | null {
  return imported === null || exported === null ? null : imported - exported;
}

/** The bars that are wholly within a range. */
export function within<T extends Span>(bars: readonly T[], { from, to }: Span): T[] {
  return bars.filter((bar) => bar.from >= from && bar.to <= to);
}

export function totalsOf(bars: readonly Bar[]): Totals {
  let imported: number | null = null;
  let exported: number | null = null;
  let cost: number | null = null;
  let partlyPriced = false;
  const states: Partial<Record<BarState, number>> = {};
  for (const bar of bars) {
    imported = plus(imported, bar.imported);
    exported = plus(exported, bar.exported);
    cost = plus(cost, bar.cost);
    partlyPriced ||= bar.partlyPriced;
    states[bar.state] = (states[bar.state] ?? 0) + 1;
  }
  return { imported, exported, net: netOf({ imported, exported }), cost, partlyPriced, states };
}

/** What has no price: nothing, all that flowed out, because nobody pays for it, or a part of the energy. */
export type Unpriced = "nothing" | "export" | "some";

export function unpricedOf(costs: readonly Cost[]): Unpriced {
  if (costs.every(({ energyWh, allPricedWh }) => energyWh <= allPricedWh)) return "nothing";
  const isExport = costs.every(
    ({ importWh, pricedWh, allPricedWh }) => importWh <= pricedWh && allPricedWh <= pricedWh,
  );
  return isExport ? "export" : "some";
}

/** A bar, and the one with which it is compared. */
export interface Pair {
  readonly bar: Bar;
  readonly other: Bar | null;
  /**
   * Wh imported while the local clock, a shift before, went from the beginning of the bar to its end: an hour that comes twice or not
   * at all in one of both days counts once. Null if it is unknown.
   */
  readonly earlier: number | null;
}

/** Each bar with the one that lay a shift before on the local clock. */
export function pairsOf(calendar: ZoneCalendar, bars: readonly Bar[], others: readonly Bar[], shift: Shift): Pair[] {
  const starts = others.map(({ from }) => from);
  const last = others.at(-1);
  if (last !== undefined) starts.push(last.to);
  /** The last of the others that was counted, and whether the bar before has one. */
  let [counted, follows] = [-1, false];
  return bars.map((bar) => {
    const time = shifted(calendar, bar.from, shift);
    const first = time === null ? -1 : indexAt(starts, time);
    const other = others[first];
    if (other === undefined) {
      follows = false;
      return { bar, other: null, earlier: null };
    }
    const from = follows ? counted + 1 : Math.max(counted + 1, first);
    const end = shifted(calendar, bar.to, shift);
    // Where the clock was put back, the bar seems to end before it begins.
    const last = Math.max(first, end === null ? first : indexAt(starts, end - 1));
    [counted, follows] = [Math.max(counted, last), true];
    return { bar, other, earlier: importedOf(others.slice(from, last + 1)) };
  });
}

/** 0 of no bars; null if one is unknown. */
function importedOf(bars: readonly Bar[]): number | null {
  let sum = 0;
  for (const { imported } of bars) {
    if (imported === null) return null;
    sum += imported;
  }
  return sum;
}

export interface Difference {
  /** Wh of both in the time that both know. */
  readonly mine: number;
  readonly earlier: number;
  /** Of `earlier`, in percent; null if that was nothing. */
  readonly percent: number | null;
  /** False if a part of the bars could not be compared, such as the rest of today. */
  readonly whole: boolean;
}

/** How the import of bars differs from that of the others, as far as both are known and over; null if that is nowhere. */
export function differenceOf(pairs: readonly Pair[], now: number): Difference | null {
  let [mine, theirs, compared] = [0, 0, 0];
  for (const { bar, earlier } of pairs) {
    if (earlier === null || bar.imported === null || bar.to > now) continue;
    mine += bar.imported;
    theirs += earlier;
    compared++;
  }
  if (compared === 0) return null;
  const percent = theirs === 0 ? null : (100 * (mine - theirs)) / theirs;
  return { mine, earlier: theirs, percent, whole: compared === pairs.length };
}
