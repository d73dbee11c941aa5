/** The range of a query. */
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import { historyGrid } from "@meterport/engine/history/history-grid";
import type { TimeRange } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { type Period, periodBounds } from "../query/zone-bounds.ts";

export interface RangeQuery {
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
}

export const oneDay: Millis = 86_400_000;

const usual: Readonly<Record<Period, Millis>> = { day: 30 * oneDay, month: 335 * oneDay, year: 3_287 * oneDay };

/** The sentence for a range that holds no moment. */
export const emptyRange = (from: Millis, to: Millis): string =>
  `from (${new Date(from).toISOString()}) must be before to (${new Date(to).toISOString()})`;

/** The range, or one sentence if it is empty. */
export const rangeOf = ({ from, to }: RangeQuery, now: Millis, length: Millis): TimeRange | string => {
  const end = to ?? now;
  const start = from ?? Math.max(0, end - length);
  return start < end ? { from: start, to: end } : emptyRange(start, end);
};

/** Bounds of the periods that a range touches, or one sentence. */
export const periodsOf = (
  query: RangeQuery,
  period: Period,
  zone: string,
  { now, most }: { readonly now: Millis; readonly most: number },
): readonly Millis[] | string => {
  const range = rangeOf(query, now, usual[period]);
  if (typeof range === "string") return range;
  const bounds = periodBounds(zone, period, range.from, range.to, most);
  return bounds ?? `the range has more than ${most} ${period}s: ask for a shorter one`;
};

const coarse = [3_600, 60] as const;

/** A grid that the store serves from what it keeps, or one sentence. */
export const gridOf = (
  query: RangeQuery & { readonly step?: number | undefined },
  now: Millis,
  interval: Millis,
): HistoryGrid | string => {
  const range = rangeOf(query, now, 3_600_000);
  if (typeof range === "string") return range;
  const { step } = query;
  const unit = step === undefined ? undefined : coarse.find((each) => step > each);
  if (step !== undefined && unit !== undefined && step % unit !== 0)
    return `step=${step} is not a whole number of ${unit === 60 ? "minutes" : "hours"}, which is what is stored: write step=${Math.ceil(step / unit) * unit}`;
  return historyGrid({ ...range, step, interval });
};
