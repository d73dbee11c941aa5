/** Prices over time: what a kWh costs from one moment to the next. */
import type { Millis } from "@meterport/protocol/ports";

/** A price that holds from `start` until before `end`, milliseconds since 1970. */
export interface Price {
  readonly start: Millis;
  readonly end: Millis;
  /** In a currency per kWh. */
  readonly value: number;
}

/** Prices of one market or one charge, ascending and without overlap. */
export interface PriceList {
  /** ISO 4217: "DKK". */
  readonly currency: string;
  readonly prices: readonly Price[];
}

/** The quarter of an hour is the unit of markets since October 2025. */
export const quarter: Millis = 900_000;
const longestPrice: Millis = 3_600_000;

/**
 * Prices of moments that each hold until the next one, as most sources give them. A moment without a price (null) ends the one before.
 * Where a moment is missing nothing is made up: a step counts only if the one before or after it is as long.
 *
 * @example
 * pricesFrom([{ start: 0, value: 1 }, { start: 900_000, value: 2 }]).map(({ end }) => end) // [900000, 1800000]
 */
export const pricesFrom = (
  moments: readonly { readonly start: Millis; readonly value: number | null }[],
): readonly Price[] => {
  const known = new Map(moments.map((moment) => [moment.start, moment.value]));
  const starts = [...known.keys()].sort((a, b) => a - b);
  const gaps = starts.slice(1).map((start, n) => start - (starts[n] ?? 0));
  let length = Math.min(longestPrice, ...gaps);
  return starts.flatMap((start, n) => {
    const gap = gaps[n];
    if (gap !== undefined && gap <= longestPrice && (gap === gaps[n - 1] || gap === gaps[n + 1])) length = gap;
    const value = known.get(start) ?? null;
    return value === null ? [] : [{ start, end: start + Math.min(length, gap ?? length), value }];
  });
};

/** Puts newer prices over older ones: where both say something, the newer holds. */
export const mergedPrices = (older: readonly Price[], newer: readonly Price[]): readonly Price[] => {
  const bounds = [...new Set([...older, ...newer].flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const [old, young] = [priceAt(older), priceAt(newer)];
  const merged: Price[] = [];
  for (let n = 0; n + 1 < bounds.length; n++) {
    const [start = 0, end = 0] = [bounds[n], bounds[n + 1]];
    const value = young(start) ?? old(start);
    if (value !== null) merged.push({ start, end, value });
  }
  return merged;
};

/** Looks a price up at ascending moments; null where there is none. */
export const priceAt = (prices: readonly Price[]): ((time: Millis) => number | null) => {
  let at = 0;
  return (time) => {
    if (at > 0 && (prices[at - 1]?.end ?? 0) > time) at = 0;
    while (at < prices.length && (prices[at]?.end ?? 0) <= time) at++;
    const found = prices[at];
    return found !== undefined && found.start <= time ? found.value : null;
  };
};

/** Whether a price is known at each moment of a range. */
export const covers = (prices: readonly Price[], from: Millis, to: Millis): boolean => {
  let reached = from;
  for (const { start, end } of prices) {
    if (reached >= to || start > reached) break;
    if (end > reached) reached = end;
  }
  return reached >= to;
};
