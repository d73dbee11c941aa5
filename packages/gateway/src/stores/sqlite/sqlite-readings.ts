/** Readings, and history of them at any resolution. */
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { LastRegisters, Series, TimeRange } from "@meterport/engine/ports/store";
import { emptyReading, type LiveKey, type LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { numberOrNull, type Row } from "../fact-rows.ts";
import { bucketRegisters, isStored, readingColumns, readingQualities } from "../reading-columns.ts";
import type { PackedReadings } from "./packed-readings.ts";
import {
  extremeColumns,
  idOf,
  lastTime,
  meanScale,
  type ReadingColumn,
  readingScale,
  resolutions,
  storableTime,
  timeOfId,
} from "./sqlite-columns.ts";
import { SqliteResolutions } from "./sqlite-resolutions.ts";
import type { SqliteSession } from "./sqlite-session.ts";

const insertReading = `INSERT INTO reading (id, quality, ${readingColumns.join(", ")})
  VALUES (${idOf("?", "?")}, ?, ${readingColumns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`;

const scales = readingColumns.map((column) => ({ column, scale: readingScale(column) }));

/** A whole number wherever that gives the same value back. */
const scaled = (value: number, scale: number): number => {
  if (scale === 1) return value;
  const whole = Math.round(value * scale);
  return whole / scale === value ? whole : value * scale;
};

const newestReadings = `SELECT meter.id AS name, key, ${timeOfId.replace("id", "reading.id")} AS time, ${bucketRegisters.join(", ")}
  FROM meter LEFT JOIN reading ON reading.id =
    (SELECT max(id) FROM reading WHERE id >= ${idOf("key", "0")} AND id < ${idOf("(key + 1)", "0")})`;

const inRange = `id >= ${idOf(":meter", ":from")} AND id < ${idOf(":meter", ":to")}`;
const slot = `CAST((${timeOfId} - :grid) / :width AS INTEGER) AS slot`;

type Table = "reading" | (typeof resolutions)[number]["table"];

/** One part of a range, and the coarsest table that has it. */
interface RangePart {
  readonly table: Table;
  readonly from: Millis;
  readonly to: Millis;
}

interface Slot {
  sum: number;
  count: number;
  min: number | null;
  max: number | null;
}

const lower = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
const higher = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

const hasExtremes = (key: ReadingColumn): boolean => (extremeColumns as readonly string[]).includes(key);

/** Sum, count and extremes of a key in a table, as columns `KEY_sum` and so on. */
const figuresOf = (table: Table, key: ReadingColumn): string => {
  const named = (sum: string, count: string, min: string, max: string): string =>
    `${sum} AS ${key}_sum, ${count} AS ${key}_count, ${min} AS ${key}_min, ${max} AS ${key}_max`;
  const by = ` / ${readingScale(key)}.0`;
  if (table === "reading") return named(`sum(${key})${by}`, `count(${key})`, `min(${key})${by}`, `max(${key})${by}`);
  if (key === "power_w") return named("sum(power_sum)", "sum(power_n)", "min(power_min)", "max(power_max)");
  const count = `sum(CASE WHEN ${key} IS NULL THEN 0 ELSE n END)`;
  if ((bucketRegisters as readonly string[]).includes(key))
    return named(`sum(${key} * n)`, count, `min(${key})`, `max(${key})`);
  const [min, max] = hasExtremes(key) ? [`min(${key}_min)${by}`, `max(${key}_max)${by}`] : ["NULL", "NULL"];
  return named(`sum(${key} * n) / ${meanScale(key)}.0`, count, min, max);
};

export class SqliteReadings {
  readonly #session: SqliteSession;
  readonly resolutions: SqliteResolutions;
  /** Of a connection that only reads, another one's writes would not be in it. */
  #newest: Millis | null | undefined;
  #writes = false;

  constructor(session: SqliteSession) {
    this.#session = session;
    this.resolutions = new SqliteResolutions(session);
  }

  /** How many were new. Inside a transaction of the caller, who calls `resolutions.finish` at its end. */
  insert({ points, point, time, quality, values }: PackedReadings): number {
    this.#writes = true;
    const keys = points.map((id) => this.#session.makePoint(id));
    const statement = this.#prepare(insertReading);
    // Point, time, quality, and the values.
    const row: (number | null)[] = Array.from({ length: 3 + scales.length }, () => null);
    let inserted = 0;
    for (let n = 0; n < time.length; n++) {
      const [key, at] = [keys[point[n] as number] as number, time[n] as number];
      if (!(at >= 0 && at <= lastTime))
        throw new RangeError(`a reading at ${at} ms cannot be stored: its time must be between 1970 and 2109`);
      this.resolutions.expect(key);
      row[0] = key;
      row[1] = at;
      row[2] = quality[n] as number;
      for (let i = 0; i < scales.length; i++) {
        const value = values[n * scales.length + i] as number;
        row[3 + i] = Number.isNaN(value) ? null : scaled(value, scales[i]?.scale ?? 1);
      }
      if (Number(statement.run(...row).changes) === 0) continue;
      this.resolutions.add(key, at);
      if (this.#newest !== undefined) this.#newest = higher(this.#newest, at);
      inserted++;
    }
    return inserted;
  }

  history(point: number, grid: HistoryGrid): readonly HistoryPoint[] {
    const keys = ["energy_import_wh", "energy_export_wh"] as const;
    return this.#session.snapshot(() => {
      const parts = this.#partsOf(point, grid);
      const power = this.#slots(point, grid, parts, ["power_w"]).power_w as readonly Slot[];
      const registers = Object.fromEntries(keys.map((key) => [key, this.#lastBySlot(point, grid, parts, key)]));
      return power.map(({ sum, count, min, max }, n) => ({
        time: new Date(grid.from + n * grid.step * 1_000).toISOString(),
        power_w: count === 0 ? null : sum / count,
        power_min_w: min,
        power_max_w: max,
        energy_import_wh: registers.energy_import_wh?.[n] ?? null,
        energy_export_wh: registers.energy_export_wh?.[n] ?? null,
      }));
    });
  }

  /** Beyond the readings, extremes are known of power and voltages only. */
  series(point: number, grid: HistoryGrid, keys: readonly LiveKey[]): Series {
    const wanted = [...new Set(keys.filter((key): key is ReadingColumn => isStored(key)))];
    return this.#session.snapshot(() => {
      const slots = this.#slots(point, grid, this.#partsOf(point, grid), wanted);
      return Object.fromEntries(
        wanted.map((key) => {
          const list = slots[key] as readonly Slot[];
          return [
            key,
            {
              mean: list.map(({ sum, count }) => (count === 0 ? null : sum / count)),
              min: list.map(({ min }) => min),
              max: list.map(({ max }) => max),
            },
          ];
        }),
      );
    });
  }

  readings(point: number, { from, to, limit }: TimeRange & { readonly limit: number }): readonly LiveReading[] {
    return this.#prepare(
      `SELECT ${timeOfId} AS time, quality, ${readingColumns.join(", ")} FROM reading WHERE ${inRange} ORDER BY id LIMIT :limit`,
    )
      .all({ meter: point, from: storableTime(from), to: storableTime(to), limit })
      .map((row) => {
        const quality = readingQualities[Number(row.quality)] ?? "suspect";
        const values = Object.fromEntries(
          scales.map(({ column, scale }) => {
            const value = numberOrNull(row[column]);
            return [column, value === null ? null : value / scale];
          }),
        );
        return { ...emptyReading(new Date(Number(row.time)).toISOString(), quality), ...values };
      });
  }

  /** Each register's last value of the last hour that has any, from the finest table that still has it. */
  lastRegisters(point: number): LastRegisters | undefined {
    return this.#session.snapshot(() => {
      const found: { time: Millis | null; registers: Partial<Record<(typeof bucketRegisters)[number], number>> } = {
        time: null,
        registers: {},
      };
      const parts = this.#parts(point, 0, lastTime, 3_600);
      for (const { table, from, to } of parts.reverse()) {
        for (const row of this.#lastRows(point, table, from, to)) {
          found.time ??= Number(row.time);
          for (const key of bucketRegisters) {
            const value = row[key];
            if (typeof value === "number") found.registers[key] ??= value;
          }
        }
        if (table === "hour" || Object.keys(found.registers).length === bucketRegisters.length) break;
      }
      return found.time === null || Object.keys(found.registers).length === 0
        ? undefined
        : { time: found.time, registers: found.registers };
    });
  }

  /** Those of all points. Most have all registers in their newest reading, so that one query finds them. */
  allLastRegisters(): ReadonlyMap<string, LastRegisters> {
    return this.#session.snapshot(() => {
      const all = new Map<string, LastRegisters>();
      for (const row of this.#prepare(newestReadings).all()) {
        const isWhole = bucketRegisters.every((key) => typeof row[key] === "number");
        const registers = Object.fromEntries(bucketRegisters.map((key) => [key, Number(row[key])]));
        const last = isWhole ? { time: Number(row.time), registers } : this.lastRegisters(Number(row.key));
        if (last !== undefined) all.set(String(row.name), last);
      }
      return all;
    });
  }

  /** Of an hour that is over, one row is enough; of the present one every row may have the last value of a register. */
  #lastRows(point: number, table: Table, from: Millis, to: Millis): readonly Row[] {
    const time = table === "reading" ? timeOfId : `${timeOfId} + last`;
    const some = bucketRegisters.map((column) => `${column} IS NOT NULL`).join(" OR ");
    return this.#prepare(
      `SELECT ${time} AS time, ${bucketRegisters.join(", ")} FROM ${table}
        WHERE ${inRange} AND (${some}) ORDER BY id DESC LIMIT :limit`,
    ).all({ meter: point, from, to, limit: table === "hour" ? 1 : 3_600 });
  }

  /** The newest reading of all points; null if there is none. Once this connection writes, it knows without a look at each point. */
  newest(): Millis | null {
    if (this.#newest !== undefined) return this.#newest;
    let newest: Millis | null = null;
    for (const { key } of this.#prepare("SELECT key FROM meter").all())
      newest = higher(newest, this.resolutions.newest(Number(key)));
    if (this.#writes) this.#newest = newest;
    return newest;
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    this.#newest = undefined;
    this.resolutions.forget();
  }

  /** After readings before a moment were deleted. */
  deletedBefore(before: Millis): void {
    if (this.#newest !== undefined && this.#newest !== null && this.#newest < before) this.#newest = undefined;
  }

  #partsOf(point: number, { from, step, count }: HistoryGrid): readonly RangePart[] {
    return this.#parts(point, from, from + count * step * 1_000, step);
  }

  /**
   * Which table has which part of a range: the coarsest whose rows fit into the step, and finer ones for what is not over
   * yet.
   */
  #parts(point: number, from: Millis, to: Millis, step: number): RangePart[] {
    const newest = this.resolutions.newest(point) ?? Number.POSITIVE_INFINITY;
    const parts: RangePart[] = [];
    let begin = storableTime(from);
    const end = storableTime(to);
    for (const { table, seconds, together } of [...resolutions].reverse()) {
      if (step % seconds !== 0) continue;
      const open = newest === Number.POSITIVE_INFINITY ? end : Math.min(newest - (newest % (together * 1_000)), end);
      if (open > begin) parts.push({ table, from: begin, to: open });
      begin = Math.max(begin, open);
    }
    if (end > begin) parts.push({ table: "reading", from: begin, to: end });
    return parts;
  }

  #slots(
    point: number,
    grid: HistoryGrid,
    parts: readonly RangePart[],
    keys: readonly ReadingColumn[],
  ): Readonly<Partial<Record<ReadingColumn, readonly Slot[]>>> {
    const blank = (): Slot[] => Array.from({ length: grid.count }, () => ({ sum: 0, count: 0, min: null, max: null }));
    const slots = new Map(keys.map((key) => [key, blank()]));
    if (keys.length > 0)
      for (const part of parts) {
        const columns = keys.map((key) => figuresOf(part.table, key)).join(", ");
        const sql = `SELECT ${slot}, ${columns} FROM ${part.table} WHERE ${inRange} GROUP BY slot`;
        for (const row of this.#prepare(sql).all(this.#namesOf(point, grid, part)))
          for (const [key, list] of slots) {
            const one = list[Number(row.slot)];
            if (one === undefined) continue;
            one.sum += Number(row[`${key}_sum`] ?? 0);
            one.count += Number(row[`${key}_count`] ?? 0);
            one.min = lower(one.min, numberOrNull(row[`${key}_min`]));
            one.max = higher(one.max, numberOrNull(row[`${key}_max`]));
          }
      }
    return Object.fromEntries(slots);
  }

  /** Beside a single max() SQLite gives the other columns of the row with the maximum. */
  #lastBySlot(
    point: number,
    grid: HistoryGrid,
    parts: readonly RangePart[],
    column: (typeof bucketRegisters)[number],
  ): readonly (number | null)[] {
    const values: (number | null)[] = Array.from({ length: grid.count }, () => null);
    for (const part of parts) {
      const sql = `SELECT ${slot}, max(id) & 1 AS any_id, ${column} AS value FROM ${part.table}
        WHERE ${inRange} AND ${column} IS NOT NULL GROUP BY slot`;
      for (const row of this.#prepare(sql).all(this.#namesOf(point, grid, part)))
        if (Number(row.slot) < grid.count) values[Number(row.slot)] = numberOrNull(row.value);
    }
    return values;
  }

  #namesOf(point: number, grid: HistoryGrid, { from, to }: RangePart) {
    return { meter: point, from, to, grid: grid.from, width: grid.step * 1_000 };
  }

  readonly #prepare = (sql: string) => this.#session.prepare(sql);
}
