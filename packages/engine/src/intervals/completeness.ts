/** How complete the intervals of a point are: by channel and period, with the gaps that are left. */
import type { Millis } from "@meterport/protocol/ports";
import type { IntervalQuality, IntervalSource } from "../model/interval.ts";
import type { IntervalCoverage, IntervalSum, Store, TimeRange } from "../ports/store.ts";

/** One channel of a point in one period. */
export interface Completeness extends TimeRange {
  readonly channel: string;
  /** The part of the period that should be there: since the first interval that is known, and until the newest that is known or overdue. */
  readonly due: TimeRange;
  /** Time that is expected, seconds: what is due without what is pending. */
  readonly expectedSeconds: number;
  /** Time of it that intervals with a value cover, seconds. */
  readonly covered: number;
  /** Length of the intervals that are expected. */
  readonly seconds: number;
  /** Intervals that should be there: since the first one that is known, and until now, except those that are pending. */
  readonly expected: number;
  /** How many of them have a value. */
  readonly present: number;
  /** How many are marked as missing: nobody has them any more. */
  readonly missing: number;
  /** How many are neither: the meter may still have them. */
  readonly open: number;
  /** How many ended so recently that the meter's load profile has not been read since: they are not expected yet. */
  readonly pending: number;
  readonly byQuality: Readonly<Record<IntervalQuality, number>>;
  readonly bySource: Readonly<Record<IntervalSource, number>>;
  /** Time with values of the time that is expected, 0 to 100, rounded down to hundredths; null if nothing is expected yet. */
  readonly percent: number | null;
  /** Times without values, oldest first; none that is pending. */
  readonly gaps: readonly TimeRange[];
  /** Gaps beyond those in the list. */
  readonly moreGaps: number;
  readonly longestGap: Millis;
}

export interface CompletenessOptions {
  /** Milliseconds since 1970: later intervals are not expected yet. */
  readonly now: Millis;
  /** How long after its end an interval without a value is pending: `graceOf`; 0 if omitted. */
  readonly grace?: Millis | undefined;
  /** All that are stored by default. */
  readonly channels?: readonly string[] | undefined;
  /** Gaps that are listed for each period; 20 by default. */
  readonly gapLimit?: number | undefined;
}

type GapStore = Pick<Store, "intervals" | "intervalGaps">;

/** What should be there of a period. */
export interface Due extends TimeRange {
  /** An interval that ends after it is pending as long as it has no value. */
  readonly settled: Millis;
  /** End of the last whole interval of the period before now. */
  readonly last: Millis;
}

/** The part of a period that should be there. The interval in progress is not expected yet. */
export const dueOf = (
  { from, to }: TimeRange,
  { first, newest }: IntervalCoverage,
  now: Millis,
  grace: Millis = 0,
): Due => {
  const step = 1000 * (newest ?? first).seconds;
  const begin = Math.max(from, first.end - 1000 * first.seconds);
  const endBefore = (time: Millis): Millis => Math.max(begin, Math.min(to, Math.floor(time / step) * step));
  const [settled, last] = [endBefore(now - grace), endBefore(now)];
  return { from: begin, to: Math.min(last, Math.max(settled, newest?.end ?? settled)), settled, last };
};

/**
 * 0 to 100, rounded down to hundredths, so that 100 is whole; null if nothing is expected.
 *
 * @param pending milliseconds of the range that are not expected yet
 */
export const percentOf = (seconds: number, { from, to }: TimeRange, pending: Millis = 0): number | null =>
  to - from > pending ? Math.min(100, Math.floor((10_000 * 1000 * seconds) / (to - from - pending)) / 100) : null;

/** More gaps than a grace has intervals. */
const mostYoungGaps = 2_000;

/** Time without values among the youngest intervals, milliseconds. */
const youngGaps = async (store: GapStore, point: string, channel: string, { to, settled }: Due): Promise<Millis> => {
  if (to <= settled) return 0;
  const { gaps } = await store.intervalGaps(point, { channel, from: settled, to, limit: mostYoungGaps });
  return gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
};

/** How complete a period is of which the sum is known already. */
export const completenessOfSum = async (
  store: GapStore,
  sum: IntervalSum,
  coverage: IntervalCoverage,
  {
    channel,
    now,
    grace,
    gapLimit = 20,
  }: { readonly channel: string } & Pick<CompletenessOptions, "now" | "grace" | "gapLimit">,
): Promise<Completeness> => {
  const { point } = coverage;
  const { from, to, byQuality, bySource } = sum;
  const due = dueOf(sum, coverage, now, grace);
  const [sample = coverage.first] = await store.intervals(point, { channel, from, to, limit: 1 });
  const present = Object.values(bySource).reduce((a, b) => a + b, 0);
  const isWhole = 1000 * sum.seconds >= due.to - due.from;
  const old = { from: due.from, to: Math.min(due.to, due.settled) };
  const found = isWhole ? undefined : await store.intervalGaps(point, { channel, ...old, limit: gapLimit });
  const young = isWhole ? 0 : await youngGaps(store, point, channel, due);
  const expectedSeconds = (due.to - due.from - young) / 1000;
  const expected = Math.round(expectedSeconds / sample.seconds);
  const { gaps = [], count = 0, longest = 0 } = found ?? {};
  return {
    ...{ from, to, channel, due: { from: due.from, to: due.to }, covered: sum.seconds, seconds: sample.seconds },
    ...{ expectedSeconds, expected, present },
    pending: Math.round((due.last - due.to + young) / 1000 / sample.seconds),
    missing: byQuality.missing,
    open: Math.max(0, expected - present - byQuality.missing),
    ...{ byQuality, bySource, percent: percentOf(sum.seconds, due, young) },
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
  { now, grace, channels, gapLimit }: CompletenessOptions,
): Promise<readonly Completeness[]> => {
  const [from, to] = [bounds[0], bounds.at(-1)];
  if (from === undefined || to === undefined) return [];
  const result: Completeness[] = [];
  for (const channel of channels ?? (await store.channels(point))) {
    const [coverage] = await store.intervalCoverage([point], channel, { from, to });
    if (coverage === undefined) continue;
    for (const sum of await store.intervalSums(point, channel, bounds))
      result.push(await completenessOfSum(store, sum, coverage, { channel, now, grace, gapLimit }));
  }
  return result;
};
