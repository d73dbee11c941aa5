/** How complete many points are: one number of each for the order, and all details only for those that are shown. */
import type { Millis } from "@meterport/protocol/ports";
import { startOfDay } from "../calendar/local-calendar.ts";
import type { IntervalCoverage, Store, TimeRange } from "../ports/store.ts";
import { type Completeness, completenessOfSum, type Due, dueOf, percentOf } from "./completeness.ts";
import { checkSum, exchangesOf, type SumCheck } from "./sums.ts";

/** A point with the period that is looked at, such as the month of its zone. */
export interface PointPeriod extends TimeRange {
  readonly point: string;
  /** IANA name of the zone whose days count. */
  readonly zone: string;
  /** How long after its end an interval without a value is pending, milliseconds: `graceOf`; 0 if omitted. */
  readonly grace?: Millis | undefined;
}

export interface RankedPoint extends PointPeriod {
  /** Undefined if no interval of the channel is stored. */
  readonly coverage: IntervalCoverage | undefined;
  /** 0 without any interval, null if nothing is expected in the period. */
  readonly percent: number | null;
}

export interface OverviewOptions {
  readonly channel: string;
  /** Milliseconds since 1970: later intervals are not expected yet. */
  readonly now: Millis;
}

/** A store answers others between two slices. */
const slice = 100;

type CoverageStore = Pick<Store, "intervalCoverage">;

/** What is stored of points, each in its own range. */
const coveragesOf = async (
  store: CoverageStore,
  channel: string,
  wanted: readonly (TimeRange & { readonly point: string })[],
): Promise<ReadonlyMap<string, IntervalCoverage>> => {
  const byRange = new Map<string, (typeof wanted)[number][]>();
  for (const each of wanted) {
    const name = `${each.from} ${each.to}`;
    const same = byRange.get(name);
    if (same === undefined) byRange.set(name, [each]);
    else same.push(each);
  }
  const coverages = new Map<string, IntervalCoverage>();
  for (const same of byRange.values())
    for (let n = 0; n < same.length; n += slice) {
      const part = same.slice(n, n + slice);
      const { from, to } = part[0] as TimeRange;
      const ids = part.map(({ point }) => point);
      for (const each of await store.intervalCoverage(ids, channel, { from, to })) coverages.set(each.point, each);
    }
  return coverages;
};

/** Time without values among the youngest intervals of points that lack any, milliseconds. */
const pendingOf = async (
  store: CoverageStore,
  channel: string,
  points: readonly { readonly due: Due; readonly coverage: IntervalCoverage }[],
): Promise<ReadonlyMap<string, Millis>> => {
  const young = points.filter(
    ({ due, coverage }) => due.to > due.settled && 1000 * coverage.seconds < due.to - due.from,
  );
  const wanted = young.map(({ due, coverage: { point } }) => ({ point, from: due.settled, to: due.last }));
  const coverages = await coveragesOf(store, channel, wanted);
  return new Map(
    young.map(({ due, coverage: { point } }) => [
      point,
      Math.max(0, due.to - due.settled - 1000 * (coverages.get(point)?.seconds ?? 0)),
    ]),
  );
};

/** The share of each point, in the order given. */
export const rankPoints = async (
  store: CoverageStore,
  points: readonly PointPeriod[],
  { channel, now }: OverviewOptions,
): Promise<readonly RankedPoint[]> => {
  const coverages = await coveragesOf(store, channel, points);
  const ranked = points.map((period) => {
    const coverage = coverages.get(period.point);
    return { period, coverage, due: coverage && dueOf(period, coverage, now, period.grace) };
  });
  const known = ranked.flatMap(({ due, coverage }) => (due && coverage ? [{ due, coverage }] : []));
  const pending = await pendingOf(store, channel, known);
  return ranked.map(({ period, coverage, due }) => {
    if (coverage === undefined || due === undefined)
      return { ...period, coverage, percent: period.from < now ? 0 : null };
    return { ...period, coverage, percent: percentOf(coverage.seconds, due, pending.get(period.point)) };
  });
};

export interface PointOverview {
  readonly completeness: Completeness;
  /** The check of the days of the period that are over; null if there is none. */
  readonly sums: SumCheck | null;
}

type OverviewStore = Pick<Store, "intervals" | "intervalSums" | "intervalGaps" | "registers" | "devices">;

/** The whole days of what is due. */
const closedDays = (zone: string, { from, to }: TimeRange, period: TimeRange): TimeRange => {
  const start = startOfDay(zone, from);
  const next = startOfDay(zone, start + 129_600_000);
  return {
    from: from === period.from ? from : start < from ? next : start,
    to: to === period.to ? to : startOfDay(zone, to),
  };
};

/** The details of a point; undefined if no interval of the channel is stored. */
export const overviewOf = async (
  store: OverviewStore,
  { point, zone, from, to, grace, coverage }: RankedPoint,
  { channel, now, gapLimit }: OverviewOptions & { readonly gapLimit?: number | undefined },
): Promise<PointOverview | undefined> => {
  if (coverage === undefined) return undefined;
  const [sum] = await store.intervalSums(point, channel, [from, to]);
  if (sum === undefined) return undefined;
  const completeness = await completenessOfSum(store, sum, coverage, { channel, now, grace, gapLimit });
  const closed = closedDays(zone, completeness.due, sum);
  if (closed.from >= closed.to) return { completeness, sums: null };
  const isSame = closed.from === from && closed.to === to;
  const [checked = sum] = isSame ? [sum] : await store.intervalSums(point, channel, [closed.from, closed.to]);
  return { completeness, sums: await checkSum(store, point, channel, checked, await exchangesOf(store, point)) };
};
