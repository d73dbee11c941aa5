/** How complete the intervals of a point are: by channel and period, with the gaps that are left. */
import type { Millis } from "@meterport/protocol/ports";
import type { IntervalQuality, IntervalSource, StoredInterval } from "../model/interval.ts";
import type { IntervalSum, Store, TimeRange } from "../ports/store.ts";

/** One channel of a point in one period. */
export interface Completeness extends TimeRange {
  readonly channel: string;
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
}

export interface CompletenessOptions {
  /** Milliseconds since 1970: later intervals are not expected yet. */
  readonly now: Millis;
  /** All that are stored by default. */
  readonly channels?: readonly string[] | undefined;
  /** Gaps that are listed for each period; 20 by default. */
  readonly gapLimit?: number | undefined;
}

const pageSize = 5_000;

/** The time of a range without values, from its rows by ascending end. */
export function* gapsOf(rows: Iterable<StoredInterval>, { from, to }: TimeRange): Generator<TimeRange> {
  let covered = from;
  for (const { value, end, seconds } of rows) {
    if (value === null) continue;
    const begin = Math.max(from, end - 1000 * seconds);
    if (begin > covered) yield { from: covered, to: begin };
    covered = Math.max(covered, Math.min(end, to));
  }
  if (covered < to) yield { from: covered, to };
}

/**
 * How complete a point is in each period between neighbouring bounds, which ascend: pass `dayBounds` or `monthBounds`.
 *
 * @returns by channel, then by period; a channel without any interval is left out
 */
export const completenessOf = async (
  store: Pick<Store, "channels" | "intervals" | "intervalSums">,
  point: string,
  bounds: readonly Millis[],
  { now, channels, gapLimit = 20 }: CompletenessOptions,
): Promise<readonly Completeness[]> => {
  const result: Completeness[] = [];
  for (const channel of channels ?? (await store.channels(point))) {
    const [first] = await store.intervals(point, { channel, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1 });
    if (first === undefined) continue;
    for (const sum of await store.intervalSums(point, channel, bounds)) {
      const query = { channel, from: sum.from, to: sum.to };
      const [sample = first] = await store.intervals(point, { ...query, limit: 1 });
      const step = 1000 * sample.seconds;
      const begin = Math.max(sum.from, first.end - 1000 * first.seconds);
      // The interval in progress is not expected yet.
      const range = { from: begin, to: Math.max(begin, Math.min(sum.to, Math.floor(now / step) * step)) };
      const isWhole = 1000 * sum.seconds >= range.to - range.from;
      const gaps = isWhole ? [] : await listGaps(store, point, channel, range);
      result.push({ ...judged(sum, channel, sample.seconds, range), ...cut(gaps, gapLimit) });
    }
  }
  return result;
};

const judged = (sum: IntervalSum, channel: string, seconds: number, { from, to }: TimeRange) => {
  const expected = Math.round((to - from) / 1000 / seconds);
  const { missing } = sum.byQuality;
  const present = Object.values(sum.bySource).reduce((a, b) => a + b, 0);
  const share = (100 * sum.seconds * 1000) / (to - from);
  return {
    from: sum.from,
    to: sum.to,
    channel,
    seconds,
    expected,
    present,
    missing,
    open: Math.max(0, expected - present - missing),
    byQuality: sum.byQuality,
    bySource: sum.bySource,
    percent: to > from ? Math.min(100, Math.floor(100 * share) / 100) : null,
  };
};

const cut = (gaps: readonly TimeRange[], limit: number): Pick<Completeness, "gaps" | "moreGaps"> => ({
  gaps: gaps.slice(0, limit),
  moreGaps: Math.max(0, gaps.length - limit),
});

const listGaps = async (
  store: Pick<Store, "intervals">,
  point: string,
  channel: string,
  range: TimeRange,
): Promise<readonly TimeRange[]> => {
  const rows: StoredInterval[] = [];
  for (let { from } = range; ; ) {
    const page = await store.intervals(point, { channel, from, to: range.to, limit: pageSize });
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    from = last.end;
  }
  return [...gapsOf(rows, range)];
};
