/** The store in one SQLite file. */
import { join } from "node:path";
import { type RegisterKey, registerKeys } from "@meterport/engine/guard/measured";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { Log } from "@meterport/engine/ports/log";
import type { LastRegisters, Retention, Store, StoredEvent } from "@meterport/engine/ports/store";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { type SqliteConnection, type SqliteDriver, type SqliteStatement, sqliteDriver } from "./sqlite-driver.ts";
import { openDatabase } from "./sqlite-file.ts";
import { bucketRegisters, readingColumns } from "./sqlite-schema.ts";

/** Seconds. History in whole hours reads the hours, in whole minutes the minutes, and anything finer the readings. */
const widths = [3_600, 60] as const;

const qualityCodes: Readonly<Record<LiveReading["quality"], number>> = { good: 0, partial: 1, suspect: 2, stale: 3 };

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);

const bucketColumns = [
  ...["meter", "width", "start", "last", "power_count", "power_sum", "power_min", "power_max"],
  ...bucketRegisters,
];

const insertReading = `INSERT OR IGNORE INTO reading (meter, time, quality, ${readingColumns.join(", ")})
  VALUES (?, ?, ?, ${readingColumns.map(() => "?").join(", ")})`;

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

interface Writable {
  power_w: number | null;
  power_min_w: number | null;
  power_max_w: number | null;
  energy_import_wh: number | null;
  energy_export_wh: number | null;
}

export class SqliteStore implements Store {
  readonly #db: SqliteConnection;
  readonly #retention: Retention;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #meters = new Map<string, number>();

  constructor(db: SqliteConnection, retention: Retention) {
    this.#db = db;
    this.#retention = retention;
  }

  readonly append = async (meter: string, readings: readonly LiveReading[]): Promise<number> => {
    if (readings.length === 0) return 0;
    const key = this.#key(meter);
    return this.#transaction(() => {
      let added = 0;
      for (const reading of readings) if (this.#insert(key, reading)) added++;
      return added;
    });
  };

  readonly history = async (meter: string, grid: HistoryGrid): Promise<readonly HistoryPoint[]> => {
    const width = grid.step * 1000;
    const slots: Writable[] = Array.from({ length: grid.count }, () => ({
      power_w: null,
      power_min_w: null,
      power_max_w: null,
      energy_import_wh: null,
      energy_export_wh: null,
    }));
    const range = { meter: this.#key(meter), from: grid.from, to: grid.from + grid.count * width, width };
    const bucket = widths.find((seconds) => grid.step % seconds === 0);
    const rows = (raw: string, stored: string) =>
      bucket === undefined ? this.#prepare(raw).all(range) : this.#prepare(stored).all({ ...range, bucket });
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
  };

  readonly lastRegisters = async (meter: string): Promise<LastRegisters | undefined> => {
    const columns = bucketRegisters.join(", ");
    const some = bucketRegisters.map((column) => `${column} IS NOT NULL`).join(" OR ");
    const row = this.#prepare(
      `SELECT last, ${columns} FROM bucket WHERE meter = ? AND width = 3600 AND (${some}) ORDER BY start DESC LIMIT 1`,
    ).get(this.#key(meter));
    if (row === undefined) return undefined;
    const registers: Partial<Record<RegisterKey, number>> = {};
    for (const key of registerKeys) {
      const value = row[key];
      if (typeof value === "number") registers[key] = value;
    }
    return { time: Number(row.last), registers };
  };

  readonly appendEvent = async (meter: string, event: StoredEvent): Promise<void> => {
    const { time, kind, detail } = event;
    this.#prepare("INSERT INTO event (meter, time, kind, detail) VALUES (?, ?, ?, ?)").run(
      ...[this.#key(meter), time, kind, detail],
    );
  };

  readonly events = async (meter: string, limit: number): Promise<readonly StoredEvent[]> =>
    this.#prepare("SELECT time, kind, detail FROM event WHERE meter = ? ORDER BY time DESC, key DESC LIMIT ?")
      .all(this.#key(meter), limit)
      .map((row) => ({ time: Number(row.time), kind: String(row.kind), detail: String(row.detail) }));

  readonly prune = async (now: Millis): Promise<void> => {
    this.#transaction(() => {
      const meters = this.#prepare("SELECT key FROM meter").all();
      for (const { key } of meters) {
        this.#prepare("DELETE FROM reading WHERE meter = ? AND time < ?").run(Number(key), now - this.#retention.raw);
        this.#prepare("DELETE FROM bucket WHERE meter = ? AND width = 60 AND start < ?").run(
          ...[Number(key), now - this.#retention.minutes],
        );
      }
    });
  };

  readonly close = async (): Promise<void> => {
    this.#db.close();
  };

  #insert(meter: number, reading: LiveReading): boolean {
    const time = Date.parse(reading.time);
    const values = readingColumns.map((column) => reading[column]);
    const { changes } = this.#prepare(insertReading).run(meter, time, qualityCodes[reading.quality], ...values);
    if (Number(changes) === 0) return false;
    const power = reading.power_w;
    const registers = bucketRegisters.map((column) => reading[column]);
    for (const seconds of widths) {
      const start = Math.floor(time / (seconds * 1000)) * seconds * 1000;
      const head = [meter, seconds, start, time, power === null ? 0 : 1, power ?? 0, power, power];
      this.#prepare(upsertBucket).run(...head, ...registers);
    }
    return true;
  }

  /** The meter's short number; made on first use, and never inside a transaction that may be rolled back. */
  #key(meter: string): number {
    const known = this.#meters.get(meter);
    if (known !== undefined) return known;
    this.#prepare("INSERT OR IGNORE INTO meter (id) VALUES (?)").run(meter);
    const key = Number(this.#prepare("SELECT key FROM meter WHERE id = ?").get(meter)?.key);
    this.#meters.set(meter, key);
    return key;
  }

  #prepare(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.#db.exec("ROLLBACK");
      } catch {
        // SQLite has already rolled back, as when the disk is full.
      }
      throw error;
    }
  }
}

/**
 * The store in `meterport.db` of a folder, created if there is none.
 *
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openSqliteStore = (
  folder: string,
  retention: Retention,
  log: Log,
  now: Millis,
  driver: SqliteDriver = sqliteDriver(),
): SqliteStore => new SqliteStore(openDatabase(join(folder, "meterport.db"), log, now, driver), retention);
