/** How complete the intervals of a point are: by channel and period, with the gaps that are left. */
import type { Millis } from "@meterport/protocol/ports";
import type { IntervalQuality, IntervalSource } from "../model/interval.ts";
import type { IntervalCoverage, IntervalSum, Store, TimeRange } from "../ports/store.ts";

/** One channel of a point in one period. */
export interface Completeness extends TimeRange {
  readonly channel: string;
  /** The part of the period that should be there: since the first interval that is known, and until the last whole one before now. */
  readonly due: TimeRange;
  /** Time of it that intervals with a value cover, seconds. */
  readonly covered: number;
  /** Length of the intervals that are expected. */
  readonly seconds: number;
  /** Intervals that should be there: since the first one that is known, and until now. */
  readonly expected: number;
  /** How many of them have a value. */
  readonly present: number;
  /** How many are marked as missing: nobody has them any more. */
  readonly missing: number;
  /** How many are neither: the meter may still have them. */
  readonly open: number;
  readonly byQuality: Readonly<Record<IntervalQuality, number>>;
  readonly bySource: Readonly<Record<IntervalSource, number>>;
  /** Time with values of the time that is expected, 0 to 100, rounded down to hundredths; null if nothing is expected yet. */
  readonly percent: number | null;
  /** Times without values, oldest first. */
  readonly gaps: readonly TimeRange[];
  /** Gaps beyond those in the list. */
  readonly moreGaps: number;
  readonly longestGap: Millis;
}

export interface CompletenessOptions {
  /** Milliseconds since 1970: later intervals are not expected yet. */
  readonly now: Millis;
  /** All that are stored by default. */
  readonly channels?: readonly string[] | undefined;
  /** Gaps that are listed for each period; 20 by default. */
  readonly gapLimit?: number | undefined;
}

type GapStore = Pick<Store, "intervals" | "intervalGaps">;

/** The part of a period that should be there. The interval in progress is not expected yet. */
export const dueOf = ({ from, to }: TimeRange, { first, newest }: IntervalCoverage, now: Millis): TimeRange => {
  const step = 1000 * (newest ?? first).seconds;
  const begin = Math.max(from, first.end - 1000 * first.seconds);
  return { from: begin, to: Math.max(begin, Math.min(to, Math.floor(now / step) * step)) };
};

/** 0 to 100, rounded down to hundredths, so that 100 is whole; null if nothing is expected. */
export const percentOf = (seconds: number, { from, to }: TimeRange): number | null =>
  to > from ? Math.min(100, Math.floor((10_000 * 1000 * seconds) / (to - from)) / 100) : null;

/** How complete a period is of which the sum is known already. */
export const completenessOfSum = async (
  store: GapStore,
  sum: IntervalSum,
  coverage: IntervalCoverage,
  { channel, now, gapLimit = 20 }: { readonly channel: string } & Pick<CompletenessOptions, "now" | "gapLimit">,
): Promise<Completeness> => {
  const { point } = coverage;
  const { from, to, byQuality, bySource } = sum;
  const due = dueOf(sum, coverage, now);
  const [sample = coverage.first] = await store.intervals(point, { channel, from, to, limit: 1 });
  const expected = Math.round((due.to - due.from) / 1000 / sample.seconds);
  const present = Object.values(bySource).reduce((a, b) => a + b, 0);
  const isWhole = 1000 * sum.seconds >= due.to - due.from;
  const found = isWhole ? undefined : await store.intervalGaps(point, { channel, ...due, limit: gapLimit });
  const { gaps = [], count = 0, longest = 0 } = found ?? {};
  return {
    ...{ from, to, channel, due, covered: sum.seconds, seconds: sample.seconds, expected, present },
    missing: byQuality.missing,
    open: Math.max(0, expected - present - byQuality.missing),
    ...{ byQuality, bySource, percent: percentOf(sum.seconds, due) },
    ...{ gaps, moreGaps: count - gaps.length, longestGap: longest },
  };
};

/**
 * How complete a point is in each period between neighbouring bounds, which ascend: pass `dayBounds` or `monthBounds`.
 *
 * @returns by channel, then by period; a channel without any interval is left out
 */
export const completenessOf = async (
  store: GapStore & Pick<Store, "channels" | "intervalSums" | "intervalCoverage">,
  point: string,
  bounds: readonly Millis[],
  { now, channels, gapLimit }: CompletenessOptions,
): Promise<readonly Completeness[]> => {
  const [from, to] = [bounds[0], bounds.at(-1)];
  if (from === undefined || to === undefined) return [];
  const result: Completeness[] = [];
  for (const channel of channels ?? (await store.channels(point))) {
    const [coverage] = await store.intervalCoverage([point], channel, { from, to });
    if (coverage === undefined) continue;
    for (const sum of await store.intervalSums(point, channel, bounds))
      result.push(await completenessOfSum(store, sum, coverage, { channel, now, gapLimit }));
  }
  return result;
};
