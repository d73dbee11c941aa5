/** Readings, and the minutes, quarters and hours that are made of them. */
import { type RegisterKey, registerKeys } from "@meterport/engine/guard/measured";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { LastRegisters, PointReading, Series, TimeRange } from "@meterport/engine/ports/store";
import { emptyReading, type LiveKey, type LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { numberOrNull, type Row } from "../fact-rows.ts";
import { bucketRegisters, isStored, readingColumns, readingQualities } from "../reading-columns.ts";
import type { Partitions } from "./postgres-keys.ts";
import type { Run } from "./postgres-run.ts";
import { bucketColumns, bucketKeys } from "./postgres-schema.ts";
import { columnsOf, slices, unnested } from "./slices.ts";

/** Seconds, the coarsest first: history reads the first that divides its step, and the readings where none does. */
const widths = [3_600, 900, 60] as const;

/** The number of a point by its id, in a condition; null if it is unknown, so that nothing is found. */
export const pointIs = (parameter: string): string => `(SELECT key FROM point WHERE id = ${parameter})`;

const insertReadings = `INSERT INTO reading (point, time, quality, ${readingColumns.join(", ")})
  SELECT * FROM ${unnested(["int", "bigint", "smallint", ...readingColumns.map(() => "float8")])}
  ON CONFLICT DO NOTHING RETURNING point, time`;

/** Null stays null where nothing was counted. */
const added = (name: string): string =>
  `${name} = CASE WHEN excluded.${name} IS NULL THEN bucket.${name} ELSE coalesce(bucket.${name}, 0) + excluded.${name} END`;

// A reading that comes late must not set a register back, and one without a register must not blank it.
const upsertBuckets = `INSERT INTO bucket (point, width, start, ${bucketColumns.map(({ name }) => name).join(", ")})
  SELECT * FROM ${unnested(["int", "int", "bigint", ...bucketColumns.map(({ type }) => type)])}
  ON CONFLICT (width, point, start) DO UPDATE SET
    last = greatest(bucket.last, excluded.last),
    ${bucketKeys
      .flatMap((key) => [
        added(`${key}_n`),
        added(`${key}_sum`),
        `${key}_min = least(bucket.${key}_min, excluded.${key}_min)`,
        `${key}_max = greatest(bucket.${key}_max, excluded.${key}_max)`,
      ])
      .join(",\n    ")},
    ${bucketRegisters
      .flatMap((key) => [
        `${key} = CASE WHEN excluded.${key}_at >= coalesce(bucket.${key}_at, excluded.${key}_at)
          THEN excluded.${key} ELSE bucket.${key} END`,
        `${key}_at = greatest(bucket.${key}_at, excluded.${key}_at)`,
      ])
      .join(",\n    ")}`;

/** A bucket while it is made: columns by name. */
interface Bucket {
  readonly point: number;
  readonly width: number;
  readonly start: Millis;
  readonly columns: Record<string, number | null>;
}

interface Placed {
  readonly point: number;
  readonly time: Millis;
  readonly reading: LiveReading;
}

const addTo = (columns: Record<string, number | null>, time: Millis, reading: LiveReading): void => {
  columns.last = Math.max(columns.last ?? time, time);
  for (const key of bucketKeys) {
    const value = reading[key];
    if (value === null) continue;
    columns[`${key}_n`] = (columns[`${key}_n`] ?? 0) + 1;
    columns[`${key}_sum`] = (columns[`${key}_sum`] ?? 0) + value;
    columns[`${key}_min`] = Math.min(columns[`${key}_min`] ?? value, value);
    columns[`${key}_max`] = Math.max(columns[`${key}_max`] ?? value, value);
  }
  for (const key of bucketRegisters) {
    const value = reading[key];
    if (value === null || time < (columns[`${key}_at`] ?? time)) continue;
    columns[key] = value;
    columns[`${key}_at`] = time;
  }
};

const bucketsOf = (placed: readonly Placed[]): readonly Bucket[] => {
  const buckets = new Map<string, Bucket>();
  for (const { point, time, reading } of placed) {
    for (const width of widths) {
      const start = Math.floor(time / (width * 1000)) * width * 1000;
      const name = `${point} ${width} ${start}`;
      let bucket = buckets.get(name);
      if (bucket === undefined) {
        bucket = { point, width, start, columns: {} };
        buckets.set(name, bucket);
      }
      addTo(bucket.columns, time, reading);
    }
  }
  return [...buckets.values()];
};

/**
 * Stores those that are new. In the transaction of a batch.
 *
 * @returns how many were new, and the time of the newest
 */
export const insertReadingsOf = async (
  run: Run,
  list: readonly PointReading[],
  keyOf: (point: string) => number,
  partitions: Partitions,
): Promise<{ readonly count: number; readonly newest: Millis | null }> => {
  const placed = new Map<string, Placed>();
  for (const { point, reading } of list) {
    const [key, time] = [keyOf(point), Date.parse(reading.time)];
    const name = `${key} ${time}`;
    if (!placed.has(name)) placed.set(name, { point: key, time, reading });
  }
  const all = [...placed.values()];
  await partitions.make(
    run,
    "reading",
    all.map(({ time }) => time),
  );
  const fresh: Placed[] = [];
  for (const part of slices(all)) {
    const { rows } = await run(
      insertReadings,
      columnsOf(part, [
        ({ point }) => point,
        ({ time }) => time,
        ({ reading }) => readingQualities.indexOf(reading.quality),
        ...readingColumns.map(
          (column) =>
            ({ reading }: Placed) =>
              reading[column],
        ),
      ]),
    );
    for (const { point, time } of rows) fresh.push(placed.get(`${point} ${time}`) as Placed);
  }
  for (const part of slices(bucketsOf(fresh)))
    await run(
      upsertBuckets,
      columnsOf(part, [
        ({ point }) => point,
        ({ width }) => width,
        ({ start }) => start,
        ...bucketColumns.map(
          ({ name }) =>
            ({ columns }: Bucket) =>
              columns[name] ?? null,
        ),
      ]),
    );
  const newest = fresh.reduce<Millis | null>((last, { time }) => (last === null || time > last ? time : last), null);
  return { count: fresh.length, newest };
};

// $1 the point, $2 the first moment, $3 the end, $4 the step in milliseconds, $5 the width of the buckets.
const rawRange = `FROM reading WHERE point = ${pointIs("$1")} AND time >= $2 AND time < $3 GROUP BY 1`;
const rawSlot = "(time - $2::bigint) / $4::bigint AS slot";
const bucketRange = `FROM bucket WHERE point = ${pointIs("$1")} AND width = $5 AND start >= $2 AND start < $3 GROUP BY 1`;
const bucketSlot = "(start - $2::bigint) / $4::bigint AS slot";

const lastOf = (key: string, by: string): string =>
  `(array_agg(${key} ORDER BY ${by} DESC) FILTER (WHERE ${key} IS NOT NULL))[1] AS ${key}`;
const rawMean = (key: string): string =>
  `avg(${key}) AS ${key}_mean, min(${key}) AS ${key}_low, max(${key}) AS ${key}_high`;
const bucketMean = (key: string): string =>
  `sum(${key}_sum) / nullif(sum(${key}_n), 0) AS ${key}_mean, min(${key}_min) AS ${key}_low, max(${key}_max) AS ${key}_high`;

const rawSelect = (parts: readonly string[]): string => `SELECT ${[rawSlot, ...parts].join(", ")} ${rawRange}`;
const bucketSelect = (parts: readonly string[]): string => `SELECT ${[bucketSlot, ...parts].join(", ")} ${bucketRange}`;

const energies = ["energy_import_wh", "energy_export_wh"] as const;

/** The rows of a grid from the coarsest source that serves it. */
const gridRows = async (
  run: Run,
  point: string,
  grid: HistoryGrid,
  parts: { readonly raw: readonly string[]; readonly bucket: readonly string[] | undefined },
): Promise<readonly Row[]> => {
  const step = grid.step * 1000;
  const width = parts.bucket === undefined ? undefined : widths.find((seconds) => grid.step % seconds === 0);
  const values = [point, grid.from, grid.from + grid.count * step, step];
  const { rows } =
    width === undefined || parts.bucket === undefined
      ? await run(rawSelect(parts.raw), values)
      : await run(bucketSelect(parts.bucket), [...values, width]);
  return rows;
};

export const historyOf = async (run: Run, point: string, grid: HistoryGrid): Promise<readonly HistoryPoint[]> => {
  const rows = await gridRows(run, point, grid, {
    raw: [rawMean("power_w"), ...energies.map((key) => lastOf(key, "time"))],
    bucket: [bucketMean("power_w"), ...energies.map((key) => lastOf(key, "start"))],
  });
  const bySlot = new Map(rows.map((row) => [Number(row.slot), row]));
  return Array.from({ length: grid.count }, (_, n) => {
    const row = bySlot.get(n) ?? {};
    return {
      time: new Date(grid.from + n * grid.step * 1000).toISOString(),
      power_w: numberOrNull(row.power_w_mean),
      power_min_w: numberOrNull(row.power_w_low),
      power_max_w: numberOrNull(row.power_w_high),
      energy_import_wh: numberOrNull(row.energy_import_wh),
      energy_export_wh: numberOrNull(row.energy_export_wh),
    };
  });
};

export const seriesOf = async (
  run: Run,
  point: string,
  grid: HistoryGrid,
  keys: readonly LiveKey[],
): Promise<Series> => {
  const wanted = [...new Set(keys.filter(isStored))];
  const blank = (): (number | null)[] => Array.from({ length: grid.count }, () => null);
  const series = Object.fromEntries(wanted.map((key) => [key, { mean: blank(), min: blank(), max: blank() }]));
  // Buckets hold the last register, which is no mean.
  const isCounter = (key: LiveKey): boolean => !bucketKeys.includes(key);
  for (const part of [wanted.filter((key) => !isCounter(key)), wanted.filter(isCounter)]) {
    if (part.length === 0) continue;
    const bucket = part.some(isCounter) ? undefined : part.map(bucketMean);
    for (const row of await gridRows(run, point, grid, { raw: part.map(rawMean), bucket })) {
      const slot = Number(row.slot);
      for (const key of part) {
        const one = series[key];
        if (one === undefined) continue;
        one.mean[slot] = numberOrNull(row[`${key}_mean`]);
        one.min[slot] = numberOrNull(row[`${key}_low`]);
        one.max[slot] = numberOrNull(row[`${key}_high`]);
      }
    }
  }
  return series;
};

export const readingsOf = async (
  run: Run,
  point: string,
  { from, to, limit }: TimeRange & { readonly limit: number },
): Promise<readonly LiveReading[]> => {
  const { rows } = await run(
    `SELECT time, quality, ${readingColumns.join(", ")} FROM reading
      WHERE point = ${pointIs("$1")} AND time >= $2 AND time < $3 ORDER BY time LIMIT $4`,
    [point, from, to, limit],
  );
  return rows.map((row) => {
    const quality = readingQualities[Number(row.quality)] ?? "suspect";
    const values = Object.fromEntries(readingColumns.map((column) => [column, numberOrNull(row[column])]));
    return { ...emptyReading(new Date(Number(row.time)).toISOString(), quality), ...values };
  });
};

/** Two hours: at the beginning of one, a reading may lack a register. */
const newestRegisters = (point: string): string => `SELECT last, ${bucketRegisters.join(", ")} FROM bucket
  WHERE width = 3600 AND point = ${point} AND (${bucketRegisters.map((key) => `${key} IS NOT NULL`).join(" OR ")})
  ORDER BY start DESC LIMIT 2`;

/** @param rows of one point, the newest first */
const lastRegistersIn = (rows: readonly Row[]): LastRegisters | undefined => {
  const registers: Partial<Record<RegisterKey, number>> = {};
  for (const row of rows)
    for (const key of registerKeys) {
      const value = row[key];
      if (typeof value === "number") registers[key] ??= value;
    }
  const [newest] = rows;
  return newest === undefined ? undefined : { time: Number(newest.last), registers };
};

export const lastRegistersOf = async (run: Run, point: string): Promise<LastRegisters | undefined> =>
  lastRegistersIn((await run(newestRegisters(pointIs("$1")), [point])).rows);

export const allLastRegistersOf = async (run: Run): Promise<ReadonlyMap<string, LastRegisters>> => {
  const { rows } = await run(
    `SELECT point.id, newest.* FROM point CROSS JOIN LATERAL (${newestRegisters("point.key")}) AS newest
      ORDER BY point.id, newest.last DESC`,
    [],
  );
  const byPoint = new Map<string, Row[]>();
  for (const row of rows) {
    const id = String(row.id);
    byPoint.set(id, [...(byPoint.get(id) ?? []), row]);
  }
  const all = new Map<string, LastRegisters>();
  for (const [id, own] of byPoint) {
    const last = lastRegistersIn(own);
    if (last !== undefined) all.set(id, last);
  }
  return all;
};
