/**
 * The gap scan of a shard: what is booked is compared with what should be there. Once a day it looks back as far as it can, in between at the
 * last days and at points with open gaps.
 */
import { type GapSettings, usualGaps } from "@meterport/gateway/settings/fleet-settings";
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Row, Run } from "../books/database.ts";
import { type ChannelGaps, keepGaps, type RankedDay, ranksOf } from "../books/gap-book.ts";
import { grouped } from "../books/grouped.ts";
import { coverageOf } from "../books/queries.ts";
import { gapsOf } from "../campaigns/gaps.ts";
import { iso, millis } from "./campaign-rows.ts";
import { type ScanChannel, type ScanLimits, type ScanPlan, type ScanPoint, scanPlans } from "./scan-plan.ts";
import { moveTargets } from "./sql/campaigns.ts";
import { noteBegins, readFloor, readOldGaps, readScanChannels, readScanPoints } from "./sql/gap-scan.ts";

const day: Millis = 86_400_000;
const pointsAtOnce = 200;

export interface ScanOptions extends Partial<GapSettings> {
  readonly now: Millis;
  /** Whether it looks back as far as it can. */
  readonly whole: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Scanned {
  readonly points: number;
  /** Rows of gaps that changed. */
  readonly changed: number;
  /** Slots that meters are to be asked for. */
  readonly open: number;
  /** Slots that are newly in no meter's memory. */
  readonly gone: number;
  /** The first of them, for the log; null if there are none. */
  readonly example: string | null;
}

const isoDay = (time: Millis): string => iso(time).slice(0, 10);
const millisOrNull = (value: unknown): Millis | null => (value === null ? null : millis(value));

const pointIn = (row: Row): ScanPoint => ({
  point: String(row.point),
  memoryDays: row.memory_days === null ? null : Number(row.memory_days),
  ...{ cameAt: millisOrNull(row.from_at), wentAt: millisOrNull(row.to_at) },
});

/** The channels of points, with how far they reach; what is newly known of their beginnings is kept. */
const channelsOf = async (
  run: Run,
  points: readonly string[],
): Promise<ReadonlyMap<string, readonly ScanChannel[]>> => {
  const covered = new Map((await coverageOf(run, points)).map((one) => [one.channel, one]));
  const { rows } = await run(readScanChannels, [points]);
  const earlier: { channel: number; begin: Millis }[] = [];
  const found = rows.map((row) => {
    const channel = Number(row.channel_id);
    const [kept, now] = [millisOrNull(row.begins), covered.get(channel)];
    const begin = Math.min(kept ?? Number.POSITIVE_INFINITY, now?.begin ?? Number.POSITIVE_INFINITY);
    if (begin < (kept ?? Number.POSITIVE_INFINITY)) earlier.push({ channel, begin });
    return {
      ...{
        point: String(row.point),
        channel,
        name: String(row.name),
        step: Number(row.step),
        phase: Number(row.phase),
      },
      ...{ begin: Number.isFinite(begin) ? begin : null, end: now?.end ?? null },
    };
  });
  if (earlier.length > 0)
    await run(noteBegins, [earlier.map(({ channel }) => channel), earlier.map(({ begin }) => iso(begin))]);
  return grouped(found, ({ point }) => point);
};

/** Days of which gaps were known and that are whole now. A grid that is no longer that of the name has no gaps of its own. */
const closedDays = (known: readonly RankedDay[], open: ReadonlySet<string>): readonly string[] =>
  known.flatMap(({ day: date, gone }) => (gone !== "" && !open.has(date) ? [date] : []));

const gapsOfPlan = ({ channel, expected }: ScanPlan, known: readonly RankedDay[]): readonly ChannelGaps[] => {
  const gaps = gapsOf(known, expected);
  const days = new Set(gaps.map(({ day: date }) => date));
  return [...grouped(known, (one) => one.channel)]
    .flatMap(([id, own]) => {
      const isKeeper = id === channel;
      const closed = closedDays(own, isKeeper ? days : new Set());
      return [{ channel: id, step: own[0]?.step ?? expected.step, gaps: isKeeper ? gaps : [], closed }];
    })
    .concat(known.some((one) => one.channel === channel) ? [] : [{ channel, step: expected.step, gaps, closed: [] }]);
};

const countSlots = (found: readonly ChannelGaps[], of: "open" | "gone"): number =>
  found.reduce((sum, { gaps }) => sum + gaps.reduce((slots, gap) => slots + gap[of].length, 0), 0);

/** The days of a scan: it is asked for by days, and the first one may have begun before. */
interface Reach extends ScanLimits {
  readonly points: readonly ScanPoint[];
}

const scanSome = async (run: Run, { points, ...limits }: Reach) => {
  const ids = points.map(({ point }) => point);
  const channels = await channelsOf(run, ids);
  const range = { first: isoDay(limits.from - day), last: isoDay(limits.now) };
  const known = grouped(await ranksOf(run, ids, range), ({ point, name }) => `${name} ${point}`);
  const found = points.flatMap((point) =>
    scanPlans(point, channels.get(point.point) ?? [], limits).map((plan) => ({
      at: `${point.point}, ${plan.name}`,
      gaps: gapsOfPlan(plan, known.get(`${plan.name} ${point.point}`) ?? []),
    })),
  );
  const lost = found.find(({ gaps }) => countSlots(gaps, "gone") > 0);
  const example = lost?.gaps.flatMap(({ gaps }) => gaps).find(({ gone }) => gone.length > 0);
  const all = found.flatMap(({ gaps }) => gaps);
  return {
    ...{ changed: await keepGaps(run, all), open: countSlots(all, "open"), gone: countSlots(all, "gone") },
    example: lost === undefined ? null : `${lost.at}, ${example?.day ?? ""}`,
  };
};

/**
 * Scans a shard. The same scan again changes nothing, and one that was cut off loses nothing.
 *
 * @throws PostgresError
 */
export const scanShard = async (database: Database, shard: number, options: ScanOptions): Promise<Scanned> => {
  const { now, whole, signal } = options;
  const { grace, memory, reach } = { ...usualGaps, ...options };
  const { run } = database;
  await run(moveTargets, [shard]);
  const floor = Date.parse(String((await run(readFloor)).rows[0]?.day ?? "1970-01-01"));
  const far = Math.max(floor, Math.floor(now / day) * day - reach);
  const near = Math.max(floor, Math.floor(now / day) * day - 2 * day);
  const total = { points: 0, changed: 0, open: 0, gone: 0, example: null as string | null };
  for (let after = ""; ; ) {
    signal?.throwIfAborted();
    const points = (await run(readScanPoints, [shard, after, pointsAtOnce])).rows.map(pointIn);
    const ids = points.map(({ point }) => point);
    const old = whole ? ids : (await run(readOldGaps, [ids, isoDay(near)])).rows.map(({ point }) => String(point));
    const isFar = new Set(old);
    for (const [from, some] of [
      [far, points.filter(({ point }) => isFar.has(point))],
      [near, points.filter(({ point }) => !isFar.has(point))],
    ] as const) {
      if (some.length === 0) continue;
      const one = await scanSome(run, { points: some, now, grace, from, memory });
      total.changed += one.changed;
      total.open += one.open;
      total.gone += one.gone;
      total.example ??= one.example;
    }
    total.points += points.length;
    const last = points.at(-1);
    if (last === undefined || points.length < pointsAtOnce) return total;
    after = last.point;
  }
};
