/**
 * Minutes, quarters and hours.
 *
 * One is stored when it and its neighbours are over, once, and made of the resolution below it: so a reading is not paid for four times. It is
 * made again if a reading comes late. What is not over yet is only in the readings, where queries find it, also after a
 * crash.
 */
import type { Millis } from "@meterport/protocol/ports";
import { bucketRegisters } from "../reading-columns.ts";
import {
  extremeColumns,
  idOf,
  meanColumns,
  meanScale,
  type Resolution,
  readingScale,
  resolutions,
  timeBits,
  timeOfId,
} from "./sqlite-columns.ts";
import type { SqliteConnection } from "./sqlite-driver.ts";
import type { SqliteSession } from "./sqlite-session.ts";

const columns = [
  ...["id", "n", "last", "power_n", "power_sum", "power_min", "power_max"],
  ...meanColumns,
  ...extremeColumns.flatMap((column) => [`${column}_min`, `${column}_max`]),
  ...bucketRegisters,
];

/** The columns of each of the three tables, beside `id`. */
export const resolutionColumns = `n INTEGER NOT NULL, last INTEGER NOT NULL, power_n INTEGER NOT NULL, power_sum REAL,
    ${columns
      .slice(5)
      .map((column) => `${column} REAL`)
      .join(", ")}`;

const start = idOf(":meter", ":start");
const within = `id >= ${start} AND id < ${start} + :width`;

/** Columns of a row that all rows below it have a part in; `id`, `n` and `last` come before them, registers behind. */
const sharedColumns = columns.slice(3, -bucketRegisters.length);

const ofReadings = [
  ...["count(power_w)", "sum(power_w)", "min(power_w)", "max(power_w)"],
  ...meanColumns.map((column) => `round(avg(${column}) * ${meanScale(column) / readingScale(column)})`),
  ...extremeColumns.flatMap((column) => [`min(${column})`, `max(${column})`]),
];

/** The mean of means, each of which counts as often as its readings. */
const meanOfMeans = (column: string): string =>
  `sum(${column} * n) / sum(CASE WHEN ${column} IS NULL THEN 0 ELSE n END)`;

const ofParts = [
  ...["sum(power_n)", "sum(power_sum)", "min(power_min)", "max(power_max)"],
  ...meanColumns.map((column) => `round(${meanOfMeans(column)})`),
  ...extremeColumns.flatMap((column) => [`min(${column}_min)`, `max(${column}_max)`]),
];

/** Most registers are in the newest row, which is looked up once for all of them. */
const lastOf = (table: string, column: string): string =>
  `ifnull(newest.${column}, (SELECT ${column} FROM ${table} WHERE ${within} AND ${column} IS NOT NULL ORDER BY id DESC LIMIT 1))`;

/**
 * It does not replace one that was made of as many or more, as when a reading comes after those of its minute were deleted. A statement that reads
 * the table into which it inserts would make a table in between each time.
 */
const makeStatement = ({ table, from }: Resolution): string => {
  const raw = from === "reading";
  const parts = (raw ? ofReadings : ofParts).map((part, n) => `${part} AS ${sharedColumns[n]}`);
  const values = [
    ...[start, "part.n", raw ? `newest.id - ${start}` : `newest.id + newest.last - ${start}`],
    ...sharedColumns.map((column) => `part.${column}`),
    ...bucketRegisters.map((column) => lastOf(from, column)),
  ];
  const [, ...others] = columns;
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")}
    FROM (SELECT ${raw ? "count(*)" : "sum(n)"} AS n, max(id) AS newest, ${parts.join(", ")} FROM ${from} WHERE ${within}) AS part
      CROSS JOIN ${from} AS newest ON newest.id = part.newest
    WHERE true ON CONFLICT (id) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(", ")}
      WHERE excluded.n > ${table}.n`;
};

const maker = (resolution: Resolution) => ({
  width: resolution.seconds * 1_000,
  together: resolution.together * 1_000,
  make: makeStatement(resolution),
});
const makers = [maker(resolutions[0]), maker(resolutions[1]), maker(resolutions[2])] as const;

/** Quarters of all minutes, for a database that has none yet. */
export const makeQuarters = (db: SqliteConnection): void => {
  const make = db.prepare(makers[1].make);
  const starts = db.prepare(
    `SELECT DISTINCT id >> ${timeBits} AS meter, CAST(${timeOfId} / 900000 AS INTEGER) * 900000 AS start FROM minute`,
  );
  for (const { meter, start: quarter } of starts.all())
    make.run({ meter: Number(meter), start: Number(quarter), width: 900_000 });
};

const newestReading = `SELECT max(id) & ${2 ** timeBits - 1} AS time FROM reading
  WHERE id >= ${idOf(":meter", "0")} AND id < ${idOf("(:meter + 1)", "0")}`;

const block = 1_000 * resolutions[0].together;

/** The minutes that are stored together with that of a reading, up to its own. */
const minutesWith = (time: Millis): readonly Millis[] => {
  const [first, own] = [time - (time % block), time - (time % 60_000)];
  return Array.from({ length: (own - first) / 60_000 + 1 }, (_, n) => first + n * 60_000);
};

/** The beginning of what is not stored yet of minutes. */
export const openSince = (newest: Millis): Millis => newest - (newest % block);

export class SqliteResolutions {
  readonly #session: SqliteSession;
  /** Time of the newest reading of each point that was written. */
  readonly #newest = new Map<number, Millis | null>();
  /** Points of this transaction: the newest reading before it, and minutes that got readings, some of them twice. */
  readonly #touched = new Map<number, { readonly before: Millis | null; readonly minutes: Millis[] }>();

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  /** Time of the newest reading that is kept, or null. */
  newest(point: number): Millis | null {
    const time = this.#session.prepare(newestReading).all({ meter: point })[0]?.time;
    return typeof time === "number" ? time : null;
  }

  /** Before a reading of the point is inserted. */
  expect(point: number): void {
    if (this.#touched.has(point)) return;
    let before = this.#newest.get(point);
    if (before === undefined) {
      before = this.newest(point);
      this.#newest.set(point, before);
    }
    this.#touched.set(point, { before, minutes: [] });
  }

  /** A new reading, in the transaction that stores it, after `expect`. */
  add(point: number, time: Millis): void {
    const minutes = this.#touched.get(point)?.minutes;
    const minute = time - (time % 60_000);
    if (minutes !== undefined && minutes.at(-1) !== minute) minutes.push(minute);
    this.#newest.set(point, Math.max(this.#newest.get(point) ?? 0, time));
  }

  /** Makes what is over now, at the end of the transaction. */
  finish(): void {
    for (const [point, { before, minutes }] of this.#touched) {
      const newest = this.#newest.get(point) ?? 0;
      const open = openSince(newest);
      // Nothing is over, as after most readings.
      if ((before === null || before >= open) && minutes.every((minute) => minute >= open)) continue;
      this.#make(point, before === null ? minutes : [...minutesWith(before), ...minutes], newest);
    }
    this.#touched.clear();
  }

  /** Stores also what is not over yet, before the readings of it are deleted. */
  close(point: number, newest: Millis): void {
    this.#make(point, minutesWith(newest), Number.POSITIVE_INFINITY);
    this.#newest.delete(point);
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    this.#newest.clear();
    this.#touched.clear();
  }

  #make(point: number, minutes: Iterable<Millis>, newest: Millis): void {
    let starts = new Set(minutes);
    for (const { width, together, make } of makers) {
      starts = new Set([...starts].map((time) => time - (time % width)));
      for (const time of starts)
        if (newest === Number.POSITIVE_INFINITY || time < newest - (newest % together))
          this.#session.prepare(make).run({ meter: point, start: time, width });
    }
  }
}
