/** What energy cost: each interval at the prices of its own time. Nothing of this is stored, so a corrected interval or price counts at once. */

import type { Millis } from "@meterport/protocol/ports";
import type { Interval } from "../model/interval.ts";
import type { PricePiece } from "./tariff.ts";

type Energy = Pick<Interval, "end" | "seconds" | "value">;

type Priced = Pick<PricePiece, "start" | "end" | "total" | "feedIn">;

/** One interval with its price. */
export interface IntervalCost {
  readonly end: Millis;
  readonly seconds: number;
  /** Wh; null is unknown. */
  readonly energy: number | null;
  /** Currency per kWh: the mean over its time; null if a part is unknown. */
  readonly price: number | null;
  /** In the currency; null if energy or price is unknown. */
  readonly cost: number | null;
}

/** What a period cost. */
export interface CostSum {
  /** Wh of the intervals that are known; null if none is. */
  readonly energy: number | null;
  /** Wh of them whose price is known. */
  readonly priced: number;
  /** The cost of these; null if there are none. */
  readonly cost: number | null;
  /** Seconds whose energy is known. */
  readonly seconds: number;
}

/**
 * The mean price over a span of time, weighted by time; null if the price of a part of it is unknown. Spans must be asked for in
 * ascending order of their ends.
 */
const meanPrice = (pieces: readonly Priced[], of: (piece: Priced) => number | null) => {
  let first = 0;
  return (from: Millis, to: Millis): number | null => {
    while (first > 0 && (pieces[first]?.start ?? 0) > from) first--;
    while (first < pieces.length && (pieces[first]?.end ?? 0) <= from) first++;
    let [sum, reached] = [0, from];
    for (let at = first; reached < to; at++) {
      const piece = pieces[at];
      const value = piece === undefined || piece.start > reached ? null : of(piece);
      if (piece === undefined || value === null) return null;
      const end = Math.min(piece.end, to);
      sum += value * (end - reached);
      reached = end;
    }
    return to > from ? sum / (to - from) : null;
  };
};

/** Prices of energy that flows in, or of what flows out. */
export type Direction = "import" | "export";

/**
 * The cost of each interval, oldest first; what flows out has a cost below 0 where it is paid for.
 *
 * @param intervals oldest first
 * @param pieces ascending, as `pricePieces` gives them
 */
export const intervalCosts = (
  intervals: readonly Energy[],
  pieces: readonly Priced[],
  direction: Direction,
): readonly IntervalCost[] => {
  const priceOf = meanPrice(pieces, (piece) => (direction === "import" ? piece.total : piece.feedIn));
  const sign = direction === "import" ? 1 : -1;
  return intervals.map(({ end, seconds, value }) => {
    const price = priceOf(end - 1000 * seconds, end);
    const cost = value === null || price === null ? null : (sign * value * price) / 1000;
    return { end, seconds, energy: value, price, cost };
  });
};

/** Adds up the costs of intervals. */
export const costSum = (costs: readonly IntervalCost[]): CostSum => {
  let [energy, priced, cost, seconds] = [0, 0, 0, 0];
  let [known, paid] = [false, false];
  for (const each of costs) {
    if (each.energy === null) continue;
    known = true;
    energy += each.energy;
    seconds += each.seconds;
    if (each.cost === null) continue;
    paid = true;
    priced += each.energy;
    cost += each.cost;
  }
  return { energy: known ? energy : null, priced, cost: paid ? cost : null, seconds };
};

/** The highest mean power of a quarter of an hour, or of a longer interval where the meter keeps no shorter ones. */
export interface Peak {
  /** W. */
  readonly power: number;
  readonly end: Millis;
  readonly seconds: number;
}

const quarterSeconds = 900;

/** Quarters of an hour that are wholly known, made of shorter intervals where those are stored. */
const quartersOf = (intervals: readonly Energy[]): readonly Peak[] => {
  const shorter = new Map<Millis, { value: number; seconds: number }>();
  const peaks: Peak[] = [];
  for (const { end, seconds, value } of intervals) {
    if (value === null || seconds <= 0) continue;
    if (seconds >= quarterSeconds) {
      peaks.push({ power: (value * 3_600) / seconds, end, seconds });
      continue;
    }
    const quarterEnd = Math.ceil(end / (1000 * quarterSeconds)) * 1000 * quarterSeconds;
    const sum = shorter.get(quarterEnd) ?? { value: 0, seconds: 0 };
    shorter.set(quarterEnd, { value: sum.value + value, seconds: sum.seconds + seconds });
  }
  for (const [end, { value, seconds }] of shorter)
    if (seconds === quarterSeconds) peaks.push({ power: (value * 3_600) / seconds, end, seconds });
  return peaks;
};

/**
 * The highest peaks, at most one of each local day, the highest first: what tariffs by power count in a month.
 *
 * @param dayOf the local day of a moment, in any form that tells days apart
 */
export const highestPeaks = (
  intervals: readonly Energy[],
  count: number,
  dayOf: (time: Millis) => string,
): readonly Peak[] => {
  const ofDay = new Map<string, Peak>();
  for (const peak of quartersOf(intervals)) {
    const day = dayOf(peak.end - 1);
    const before = ofDay.get(day);
    if (before === undefined || peak.power > before.power) ofDay.set(day, peak);
  }
  return [...ofDay.values()].sort((a, b) => b.power - a.power || a.end - b.end).slice(0, count);
};
