/** Loads what the checks of some days of some points look at, with a few statements for all of them. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import { grouped } from "../books/grouped.ts";
import { numberOf } from "../books/scaled.ts";
import type { ChosenDay } from "../vee/choose-day.ts";
import type { Edit } from "../vee/edits.ts";
import { likeDaysReach } from "../vee/like-days.ts";
import { type ClockOffset, dayMillis, type RegisterState } from "../vee/vee-input.ts";
import { iso, millis } from "./campaign-rows.ts";
import * as sql from "./sql/vee.ts";
import type { UsualDays } from "./vee-days.ts";
import { chosenIn, editIn, isoDay, type VeeDay, type VeePoint, veeDayIn, veePointIn } from "./vee-rows.ts";

/** Days before one that are like it. */
const likeDays = likeDaysReach + 1;

/** Days of points. */
export interface VeeRange {
  /** Numbers of points. */
  readonly points: readonly number[];
  /** First moments of the first and of the last UTC day. */
  readonly first: Millis;
  readonly last: Millis;
  /** How many days around the range registers, and slots between them, are looked for. */
  readonly reach: number;
  /** Of which days slots are loaded: if omitted, of all that may be looked at. */
  readonly usual?: UsualDays | undefined;
  /** Smaller offsets of a meter's clock doubt no slot; of all if omitted. */
  readonly clockBeyond?: Millis | undefined;
}

/** Everything about one point. */
export interface VeeFacts {
  readonly point: VeePoint;
  readonly days: readonly VeeDay[];
  /** Which of its days are there for the check of one. */
  readonly usual: UsualDays | undefined;
  /** By the name of their channel. */
  readonly registers: ReadonlyMap<string, readonly RegisterState[]>;
  readonly installations: readonly Row[];
  readonly clock: readonly ClockOffset[];
  /** By OBIS code. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** By OBIS code and day: "1-0:1.29.0 2026-11-29". */
  readonly chosen: ReadonlyMap<string, ChosenDay>;
}

const byPoint = async (
  rows: Promise<{ readonly rows: readonly Row[] }>,
): Promise<ReadonlyMap<number, readonly Row[]>> => grouped((await rows).rows, ({ point_id }) => Number(point_id));

const registerIn = (row: Row): RegisterState => ({
  ...{ meter: row.serial === null ? null : String(row.serial), time: millis(row.read_at) },
  value: Math.round(numberOf(Number(row.raw), Number(row.digits))),
});

const mapped = <T>(rows: readonly Row[], key: string, make: (row: Row) => T): ReadonlyMap<string, readonly T[]> =>
  new Map([...grouped(rows, (row) => String(row[key]))].map(([name, some]) => [name, some.map(make)]));

/** First moments of all days from one to another. */
export const daysFrom = (first: Millis, last: Millis): readonly Millis[] =>
  Array.from({ length: Math.round((last - first) / dayMillis) + 1 }, (_, n) => first + n * dayMillis);

/** The days whose slots are needed for some points. */
const daysNeeded = (known: readonly VeePoint[], { first, last, reach, usual }: VeeRange): readonly Millis[] => {
  // The days around have like days as well, of which some share registers with them.
  if (usual === undefined) return daysFrom(first - (reach + likeDays) * dayMillis, last + reach * dayMillis);
  const zones = [...new Set(known.map(({ zone }) => zone))];
  return [...new Set(zones.flatMap((zone) => daysFrom(first, last).flatMap((day) => [...usual(zone, day)])))];
};

export const loadVee = async (run: Run, range: VeeRange): Promise<readonly VeeFacts[]> => {
  const { points, first, last, reach, usual, clockBeyond = -1 } = range;
  const [from, to] = [first - reach * dayMillis, last + (reach + 1) * dayMillis];
  const firstLike = from - likeDays * dayMillis;
  // The check of a plain day looks at few clocks; what is estimated is estimated by days of which all is known.
  const clocks = usual === undefined ? [firstLike, to + dayMillis] : [first - dayMillis, last + 3 * dayMillis];
  const ids = [points];
  const known = (await run(sql.readVeePoints, ids)).rows.map(veePointIn);
  const days = await byPoint(run(sql.readVeeDays, [points, daysNeeded(known, range).map(isoDay)]));
  const registers = await byPoint(run(sql.readVeeRegisters, [points, iso(from), iso(to)]));
  const installations = await byPoint(run(sql.readVeeInstallations, ids));
  const clock = await byPoint(run(sql.readVeeClock, [points, ...clocks.map(iso), clockBeyond]));
  // What a person replaced is no evidence on like days either.
  const edits = await byPoint(run(sql.readVeeEdits, [points, iso(firstLike), iso(to)]));
  const chosen = await byPoint(run(sql.readChosen, [points, isoDay(first), isoDay(last)]));
  return known.map((point) => {
    const of = (rows: ReadonlyMap<number, readonly Row[]>): readonly Row[] => rows.get(point.number) ?? [];
    return {
      ...{ point, days: of(days).map(veeDayIn), usual, installations: of(installations) },
      registers: mapped(of(registers), "name", registerIn),
      clock: of(clock).map((one) => ({ time: millis(one.read_at), offset: Number(one.clock_offset_ms) })),
      edits: mapped(of(edits), "obis", editIn),
      chosen: new Map(of(chosen).map((one) => [`${String(one.obis)} ${String(one.day)}`, chosenIn(one)])),
    };
  });
};
