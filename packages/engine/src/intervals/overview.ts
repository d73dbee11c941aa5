/** How complete many points are: one number of each for the order, and all details only for those that are shown. */
import type { Millis } from "@meterport/protocol/ports";
import { startOfDay } from "../calendar/local-calendar.ts";
import type { IntervalCoverage, Store, TimeRange } from "../ports/store.ts";
import { type Completeness, completenessOfSum, dueOf, percentOf } from "./completeness.ts";
import { checkSum, exchangesOf, type SumCheck } from "./sums.ts";

/** A point with the period that is looked at, such as the month of its zone. */
export interface PointPeriod extends TimeRange {
  readonly point: string;
  /** IANA name of the zone whose days count. */
  readonly zone: string;
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

/** The share of each point, in the order given. */
export const rankPoints = async (
  store: Pick<Store, "intervalCoverage">,
  points: readonly PointPeriod[],
  { channel, now }: OverviewOptions,
): Promise<readonly RankedPoint[]> => {
  const coverages = new Map<string, IntervalCoverage>();
  const byRange = new Map<string, PointPeriod[]>();
  for (const each of points) {
    const name = `${each.from} ${each.to}`;
    const same = byRange.get(name);
    if (same === undefined) byRange.set(name, [each]);
    else same.push(each);
  }
  for (const same of byRange.values())
    for (let n = 0; n < same.length; n += slice) {
      const part = same.slice(n, n + slice);
      const { from, to } = part[0] as PointPeriod;
      const ids = part.map(({ point }) => point);
      for (const each of await store.intervalCoverage(ids, channel, { from, to })) coverages.set(each.point, each);
    }
  return points.map((period) => {
    const coverage = coverages.get(period.point);
    if (coverage === undefined) return { ...period, coverage, percent: period.from < now ? 0 : null };
    return { ...period, coverage, percent: percentOf(coverage.seconds, dueOf(period, coverage, now)) };
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
  { point, zone, from, to, coverage }: RankedPoint,
  { channel, now, gapLimit }: OverviewOptions & { readonly gapLimit?: number | undefined },
): Promise<PointOverview | undefined> => {
  if (coverage === undefined) return undefined;
  const [sum] = await store.intervalSums(point, channel, [from, to]);
  if (sum === undefined) return undefined;
  const completeness = await completenessOfSum(store, sum, coverage, { channel, now, gapLimit });
  const closed = closedDays(zone, completeness.due, sum);
  if (closed.from >= closed.to) return { completeness, sums: null };
  const isSame = closed.from === from && closed.to === to;
  const [checked = sum] = isSame ? [sum] : await store.intervalSums(point, channel, [closed.from, closed.to]);
  return { completeness, sums: await checkSum(store, point, channel, checked, await exchangesOf(store, point)) };
};
