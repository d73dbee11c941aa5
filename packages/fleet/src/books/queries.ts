/** What is asked of the books. */
import { monthBounds } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";
import { iso, millis } from "./columns.ts";
import type { Row, Run } from "./database.ts";
import type { BlockFact } from "./facts.ts";
import { grouped } from "./grouped.ts";
import { numberOf } from "./scaled.ts";
import { absent, endOf } from "./slots.ts";
import {
  readBlocks,
  readCompleteness,
  readCoverage,
  readDays,
  readDoubles,
  readSums,
  readZones,
} from "./sql/read-books.ts";
import { billionths, type StoredDay, slotsBetween, sumOf } from "./stored-slots.ts";

const dayIn = (row: Row): StoredDay => ({
  ...{ point: String(row.point), name: String(row.name), step: Number(row.step), phase: Number(row.phase) },
  ...{ digits: Number(row.digits), day: String(row.day), raw: row.raw as number[] },
  ...{ rank: String(row.rank), status: String(row.status) },
});

/** Channel-days that may hold slots which end after `from` and at or before `to`, for `slotsBetween`. All names if it is omitted. */
export const daysOf = async (
  run: Run,
  points: readonly string[],
  { name, from, to }: { readonly name?: string | undefined; readonly from: Millis; readonly to: Millis },
): Promise<readonly StoredDay[]> => (await run(readDays, [points, name ?? null, iso(from), iso(to)])).rows.map(dayIn);

/** How far the books reach in a channel. */
export interface Coverage {
  readonly point: string;
  readonly channel: number;
  readonly name: string;
  readonly step: number;
  readonly phase: number;
  readonly digits: number;
  /** When the first slot of which something is known began, and when the newest one ended; milliseconds since 1970. */
  readonly begin: Millis;
  readonly end: Millis;
}

const coverageIn = (row: Row): Coverage => {
  const [step, phase] = [Number(row.step), Number(row.phase)];
  const [first, newest] = [String(row.first_rank), String(row.newest_rank)];
  const firstSlot = [...first].findIndex((rank) => rank !== absent);
  const lastSlot = [...newest].findLastIndex((rank) => rank !== absent);
  return {
    ...{ point: String(row.point), channel: Number(row.channel_id), name: String(row.name), step, phase },
    digits: Number(row.digits),
    begin: endOf(String(row.first_day), firstSlot - 1, { step, phase }),
    end: endOf(String(row.newest_day), lastSlot, { step, phase }),
  };
};

/**
 * Coverage of all channels of these points at once, for a holder that takes a shard. A channel that is not among them has nothing: read back as
 * far as the meter keeps.
 */
export const coverageOf = async (run: Run, points: readonly string[]): Promise<readonly Coverage[]> =>
  (await run(readCoverage, [points])).rows.map(coverageIn);

/** Of one point in one period. */
export interface PeriodSum {
  readonly point: string;
  readonly from: Millis;
  readonly to: Millis;
  /** In the unit of the channel, exact to the digit; null if there is no value. */
  readonly value: number | null;
  /** Time that the values cover. */
  readonly seconds: number;
}

interface Part {
  readonly step: number;
  readonly phase: number;
  readonly digits: number;
  readonly total: bigint;
  readonly seconds: number;
}

/** Whether the same slots may be there with several decimal places: then a sum of sums would count some twice. */
const mayMeet = (parts: readonly Part[]): boolean =>
  new Set(parts.map(({ step, phase }) => `${step} ${phase}`)).size < parts.length;

/**
 * Sums of a channel name of many points, one for each pair of neighbouring bounds, which ascend: pass `dayBounds` of a zone for its days.
 * By point, in the order that was given, then by period.
 */
export const sumsOf = async (
  run: Run,
  points: readonly string[],
  name: string,
  bounds: readonly Millis[],
): Promise<readonly PeriodSum[]> => {
  const [begin, last] = [bounds[0], bounds.at(-1)];
  if (begin === undefined || last === undefined) return [];
  const [froms, tos] = [bounds.slice(0, -1).map(iso), bounds.slice(1).map(iso)];
  const { rows } = await run(readSums, [points, name, froms, tos, iso(begin), iso(last)]);
  const parts = new Map<string, Part[]>();
  for (const row of rows) {
    const key = `${String(row.n)} ${String(row.point)}`;
    const { step, phase, digits, seconds } = row;
    const part = { step: Number(step), phase: Number(phase), digits: Number(digits), seconds: Number(seconds) };
    parts.set(key, [...(parts.get(key) ?? []), { ...part, total: BigInt(String(row.total)) }]);
  }
  const odd = [...new Set(points)].filter((point) => tos.some((_, n) => mayMeet(parts.get(`${n + 1} ${point}`) ?? [])));
  const oddDays = grouped(
    odd.length === 0 ? [] : await daysOf(run, odd, { name, from: begin, to: last }),
    ({ point }) => point,
  );
  return points.flatMap((point) =>
    bounds.slice(1).map((to, n) => {
      const from = bounds[n] as Millis;
      const slots = oddDays.get(point);
      return {
        point,
        from,
        to,
        ...(slots === undefined ? added(parts.get(`${n + 1} ${point}`)) : counted(slots, from, to)),
      };
    }),
  );
};

const added = (parts: readonly Part[] = []): Pick<PeriodSum, "value" | "seconds"> => {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const total = parts.reduce((sum, part) => sum + billionths(part.total, part.digits), 0n);
  return { value: seconds === 0 ? null : numberOf(total, 9), seconds };
};

const counted = (days: readonly StoredDay[], from: Millis, to: Millis): Pick<PeriodSum, "value" | "seconds"> => {
  const slots = slotsBetween(days, from, to);
  return { value: sumOf(slots), seconds: slots.reduce((sum, { seconds }) => sum + seconds, 0) };
};

/** How complete a channel name of a point is in a month of its own zone. */
export interface MonthCompleteness {
  /** Null if the point has no site yet. */
  readonly site: string | null;
  readonly point: string;
  /** Null if nothing was ever booked of the point. */
  readonly name: string | null;
  readonly from: Millis;
  readonly to: Millis;
  /** What should be there: since the first slot that is known, and until now without the newest that may still come. */
  readonly expectedSeconds: number;
  readonly seconds: number;
  /** What nobody has any more. */
  readonly goneSeconds: number;
  /** 0 to 100, rounded down to hundredths, so that 100 is whole; null if nothing is expected. */
  readonly percent: number | null;
}

export interface CompletenessOptions {
  /** All points if omitted. */
  readonly points?: readonly string[] | undefined;
  /** 1 to 12. */
  readonly month: number;
  readonly year: number;
  readonly now: Millis;
  /** How long after its end a slot may take to arrive. */
  readonly grace: Millis;
}

const monthIn = (row: Row): MonthCompleteness => {
  const [from, to, seconds] = [millis(row.from_at), millis(row.to_at), Number(row.seconds)];
  const { since } = row;
  const expectedSeconds =
    typeof since === "number" ? Math.max(0, (to - Math.max(from, since)) / 1000) : (to - from) / 1000;
  return {
    ...{ site: row.site === null ? null : String(row.site), point: String(row.point) },
    ...{
      name: row.name === null ? null : String(row.name),
      from,
      to,
      expectedSeconds,
      seconds,
      goneSeconds: Number(row.gone),
    },
    percent: expectedSeconds > 0 ? Math.min(100, Math.floor((10_000 * seconds) / expectedSeconds) / 100) : null,
  };
};

/** Completeness by site, point and channel name. A point of which nothing was ever booked counts as empty. */
export const completenessIn = async (
  run: Run,
  { points, month, year, now, grace }: CompletenessOptions,
): Promise<readonly MonthCompleteness[]> => {
  const chosen = points ?? null;
  const middle = Date.UTC(year, month - 1, 15);
  const zones = (await run(readZones, [chosen])).rows.map(({ zone }) => String(zone));
  const bounds = zones.map((zone) => monthBounds(zone, middle, middle + 1));
  // Longer intervals than a quarter of an hour end less often, and their last one before the limit is not missing.
  const limit = Math.floor((now - grace) / 900_000) * 900_000;
  const froms = bounds.map(([from = 0]) => from);
  const tos = bounds.map(([from = 0, to = 0]) => Math.max(from, Math.min(to, limit)));
  if (zones.length === 0) return [];
  const [begin, end] = [Math.min(...froms), Math.max(...tos)];
  const { rows } = await run(readCompleteness, [chosen, zones, froms.map(iso), tos.map(iso), iso(begin), iso(end)]);
  return rows.map(monthIn);
};

/** A block as it is booked. */
export interface StoredBlock extends Omit<BlockFact, "point"> {
  readonly holder: string;
  readonly attempt: number;
}

/** The proofs of what a point has between two moments, oldest first. */
export const blocksOf = async (
  run: Run,
  point: string,
  { from, to, limit }: { readonly from: Millis; readonly to: Millis; readonly limit: number },
): Promise<readonly StoredBlock[]> =>
  (await run(readBlocks, [point, iso(from), iso(to), limit])).rows.map((row) => ({
    ...{ id: BigInt(String(row.id)), holder: String(row.holder), attempt: Number(row.attempt) },
    what: row.what as StoredBlock["what"],
    readAt: millis(row.read_at),
    clockOffset: row.clock_offset_ms === null ? null : Number(row.clock_offset_ms),
    raw: row.raw instanceof Uint8Array ? row.raw : null,
    ...{ from: millis(row.from_at), to: millis(row.to_at) },
  }));

/** Meters that are said to hang at two points at once, for an operator to settle. */
export const doubleMeters = async (
  run: Run,
  limit: number,
): Promise<readonly { readonly serial: string; readonly points: readonly [string, string] }[]> =>
  (await run(readDoubles, [limit])).rows.map(({ serial, point, other }) => ({
    serial: String(serial),
    points: [String(point), String(other)],
  }));
