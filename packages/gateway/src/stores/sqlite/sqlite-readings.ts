/** Readings, and the minutes and hours that are made of them. */
import { type RegisterKey, registerKeys } from "@meterport/engine/guard/measured";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { LastRegisters, PruneLimits, Series, TimeRange } from "@meterport/engine/ports/store";
import { emptyReading, type LiveKey, type LiveReading } from "@meterport/protocol/meaning/readings";
import { bucketRegisters, isStored, readingColumns, readingQualities } from "../reading-columns.ts";
import { numberOrNull, type SqliteRow, type SqliteSession } from "./sqlite-session.ts";

/** Seconds. History in whole hours reads the hours, in whole minutes the minutes, and anything finer the readings. */
const widths = [3_600, 60] as const;

const bucketColumns = [
  ...["meter", "width", "start", "last", "power_count", "power_sum", "power_min", "power_max"],
  ...bucketRegisters,
];

const insertReading = `INSERT INTO reading (meter, time, quality, ${readingColumns.join(", ")})
  VALUES (?, ?, ?, ${readingColumns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`;

// A reading that comes late must not set a register back, and one without a register must not blank it.
const upsertBucket = `INSERT INTO bucket (${bucketColumns.join(", ")}) VALUES (${bucketColumns.map(() => "?").join(", ")})
  ON CONFLICT DO UPDATE SET
    power_count = power_count + excluded.power_count,
    power_sum = power_sum + excluded.power_sum,
    power_min = min(ifnull(power_min, excluded.power_min), ifnull(excluded.power_min, power_min)),
    power_max = max(ifnull(power_max, excluded.power_max), ifnull(excluded.power_max, power_max)),
    ${bucketRegisters
      .map(
        (r) =>
          `${r} = CASE WHEN excluded.last >= last THEN ifnull(excluded.${r}, ${r}) ELSE ifnull(${r}, excluded.${r}) END`,
      )
      .join(",\n    ")},
    last = max(last, excluded.last)`;

// Numbers are bound as floating point, hence the CAST. Beside a single max() SQLite gives the other columns of the row with the maximum.
const rawPower = `SELECT CAST((time - :from) / :width AS INTEGER) AS slot, avg(power_w) AS mean, min(power_w) AS low, max(power_w) AS high
  FROM reading WHERE meter = :meter AND time >= :from AND time < :to GROUP BY slot`;
const rawRegister = (
  column: string,
): string => `SELECT CAST((time - :from) / :width AS INTEGER) AS slot, max(time), ${column} AS value
  FROM reading WHERE meter = :meter AND time >= :from AND time < :to AND ${column} IS NOT NULL GROUP BY slot`;
const bucketPower = `SELECT CAST((start - :from) / :width AS INTEGER) AS slot, sum(power_sum) / nullif(sum(power_count), 0) AS mean,
    min(power_min) AS low, max(power_max) AS high
  FROM bucket WHERE meter = :meter AND width = :bucket AND start >= :from AND start < :to GROUP BY slot`;
const bucketRegister = (
  column: string,
): string => `SELECT CAST((start - :from) / :width AS INTEGER) AS slot, max(start), ${column} AS value
  FROM bucket WHERE meter = :meter AND width = :bucket AND start >= :from AND start < :to AND ${column} IS NOT NULL GROUP BY slot`;

// Which of two registers is later, a bucket does not know: after a reading that came late, the readings say it.
const lateRegisters = `UPDATE bucket SET ${bucketRegisters
  .map(
    (r) => `${r} = ifnull((SELECT ${r} FROM reading WHERE reading.meter = bucket.meter AND time >= start
      AND time < start + width * 1000 AND reading.${r} IS NOT NULL ORDER BY time DESC LIMIT 1), ${r})`,
  )
  .join(",\n    ")} WHERE meter = ? AND width = ? AND start = ? AND last > ?`;

interface Writable {
  power_w: number | null;
  power_min_w: number | null;
  power_max_w: number | null;
  energy_import_wh: number | null;
  energy_export_wh: number | null;
}

const lastRegistersOf = (row: SqliteRow): LastRegisters => {
  const registers: Partial<Record<RegisterKey, number>> = {};
  for (const key of registerKeys) {
    const value = row[key];
    if (typeof value === "number") registers[key] = value;
  }
  return { time: Number(row.last), registers };
};

export class SqliteReadings {
  readonly #session: SqliteSession;

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  /** Whether it was new. Inside a transaction of the caller. */
  insert(point: number, reading: LiveReading): boolean {
    const time = Date.parse(reading.time);
    const values = readingColumns.map((column) => reading[column]);
    const { prepare } = this;
    const { changes } = prepare(insertReading).run(point, time, readingQualities.indexOf(reading.quality), ...values);
    if (Number(changes) === 0) return false;
    const power = reading.power_w;
    const registers = bucketRegisters.map((column) => reading[column]);
    for (const seconds of widths) {
      const start = Math.floor(time / (seconds * 1000)) * seconds * 1000;
      const head = [point, seconds, start, time, power === null ? 0 : 1, power ?? 0, power, power];
      prepare(upsertBucket).run(...head, ...registers);
      prepare(lateRegisters).run(point, seconds, start, time);
    }
    return true;
  }

  history(point: number, grid: HistoryGrid): readonly HistoryPoint[] {
    const width = grid.step * 1000;
    const slots: Writable[] = Array.from({ length: grid.count }, () => ({
      power_w: null,
      power_min_w: null,
      power_max_w: null,
      energy_import_wh: null,
      energy_export_wh: null,
    }));
    const range = { meter: point, from: grid.from, to: grid.from + grid.count * width, width };
    const bucket = widths.find((seconds) => grid.step % seconds === 0);
    const rows = (raw: string, stored: string) =>
      bucket === undefined ? this.prepare(raw).all(range) : this.prepare(stored).all({ ...range, bucket });
    for (const row of rows(rawPower, bucketPower)) {
      const slot = slots[Number(row.slot)];
      if (slot === undefined) continue;
      slot.power_w = numberOrNull(row.mean);
      slot.power_min_w = numberOrNull(row.low);
      slot.power_max_w = numberOrNull(row.high);
    }
    for (const column of ["energy_import_wh", "energy_export_wh"] as const) {
      for (const row of rows(rawRegister(column), bucketRegister(column))) {
        const slot = slots[Number(row.slot)];
        if (slot !== undefined) slot[column] = numberOrNull(row.value);
      }
    }
    return slots.map((slot, n) => ({ time: new Date(grid.from + n * width).toISOString(), ...slot }));
  }

  series(point: number, grid: HistoryGrid, keys: readonly LiveKey[]): Series {
    const wanted = keys.filter(isStored);
    const width = grid.step * 1000;
    const blank = (): (number | null)[] => Array.from({ length: grid.count }, () => null);
    const series = Object.fromEntries(wanted.map((key) => [key, { mean: blank(), min: blank(), max: blank() }]));
    if (wanted.length === 0) return series;
    const columns = wanted.map(
      (key) => `avg(${key}) AS ${key}_mean, min(${key}) AS ${key}_low, max(${key}) AS ${key}_high`,
    );
    const rows = this.prepare(
      `SELECT CAST((time - :from) / :width AS INTEGER) AS slot, ${columns.join(", ")}
        FROM reading WHERE meter = :meter AND time >= :from AND time < :to GROUP BY slot`,
    ).all({ meter: point, from: grid.from, to: grid.from + grid.count * width, width });
    for (const row of rows) {
      const slot = Number(row.slot);
      for (const key of wanted) {
        const one = series[key];
        if (one === undefined) continue;
        one.mean[slot] = numberOrNull(row[`${key}_mean`]);
        one.min[slot] = numberOrNull(row[`${key}_low`]);
        one.max[slot] = numberOrNull(row[`${key}_high`]);
      }
    }
    return series;
  }

  readings(point: number, { from, to, limit }: TimeRange & { readonly limit: number }): readonly LiveReading[] {
    return this.prepare("SELECT * FROM reading WHERE meter = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?")
      .all(point, from, to, limit)
      .map((row) => {
        const quality = readingQualities[Number(row.quality)] ?? "suspect";
        const values = Object.fromEntries(readingColumns.map((column) => [column, numberOrNull(row[column])]));
        return { ...emptyReading(new Date(Number(row.time)).toISOString(), quality), ...values };
      });
  }

  lastRegisters(point: number): LastRegisters | undefined {
    const columns = bucketRegisters.join(", ");
    const some = bucketRegisters.map((column) => `${column} IS NOT NULL`).join(" OR ");
    const row = this.prepare(
      `SELECT last, ${columns} FROM bucket WHERE meter = ? AND width = 3600 AND (${some}) ORDER BY start DESC LIMIT 1`,
    ).get(point);
    return row === undefined ? undefined : lastRegistersOf(row);
  }

  newest(): number | null {
    return numberOrNull(this.prepare("SELECT max(last) AS newest FROM bucket WHERE width = 3600").get()?.newest);
  }

  /** How many readings and minutes were deleted. Inside a transaction of the caller. */
  prune({ readings, minutes }: PruneLimits): { readonly readings: number; readonly minutes: number } {
    const deleted = { readings: 0, minutes: 0 };
    for (const { key } of this.prepare("SELECT key FROM meter").all()) {
      const count = (sql: string, before: number | undefined): number =>
        before === undefined ? 0 : Number(this.prepare(sql).run(Number(key), before).changes);
      deleted.readings += count("DELETE FROM reading WHERE meter = ? AND time < ?", readings);
      deleted.minutes += count("DELETE FROM bucket WHERE meter = ? AND width = 60 AND start < ?", minutes);
    }
    return deleted;
  }

  readonly prepare = (sql: string) => this.#session.prepare(sql);
}
