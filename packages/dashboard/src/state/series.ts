import type { History, Reading } from "./api-answers.ts";

/** What is known of one step of the grid. */
export interface Bucket {
  readonly power: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly importWh: number | null;
  readonly exportWh: number | null;
  /** The number of readings in `power`, so that a further one moves the mean by its share. */
  readonly weight: number;
}

/** Averages on a regular grid: `buckets` by start in seconds since 1970, a multiple of `step` seconds. */
export interface Series {
  readonly step: number;
  /** Seconds to keep; older buckets are dropped. */
  readonly span: number;
  readonly buckets: ReadonlyMap<number, Bucket>;
}

/** Columns for a chart: seconds, mean, minimum and maximum in W, null where nothing is known. */
export type Columns = [number[], (number | null)[], (number | null)[], (number | null)[]];

export function emptySeries(step: number, span: number): Series {
  return { step, span, buckets: new Map() };
}

/**
 * The smallest step of at least `finest` seconds that holds two polls: with a finer one a slow poll would draw false gaps.
 *
 * @example stepFor(2000, 10) // 10
 * @example stepFor(60_000, 10) // 120
 */
export function stepFor(pollIntervalMs: number, finest: number): number {
  const wanted = Math.max(finest, (2 * pollIntervalMs) / 1000);
  return [10, 30, 60, 120, 300, 600, 900, 1800].find((step) => step >= wanted) ?? 3600;
}

function startOf(seconds: number, step: number): number {
  return Math.floor(seconds / step) * step;
}

function trimmed(buckets: Map<number, Bucket>, step: number, span: number): Map<number, Bucket> {
  let newest = Number.NEGATIVE_INFINITY;
  for (const start of buckets.keys()) newest = Math.max(newest, start);
  for (const start of buckets.keys()) if (start < newest - span - step) buckets.delete(start);
  return buckets;
}

/**
 * Merges a history into a series: its values replace those of the series, which keeps its own elsewhere.
 * `now` in seconds and `poll` in seconds give the weight of a step that has only begun.
 */
export function withHistory(series: Series, history: History, now: number, poll: number): Series {
  const { step } = history;
  const buckets = step === series.step ? new Map(series.buckets) : new Map<number, Bucket>();
  const last = history.points.at(-1)?.time ?? 0;
  for (const point of history.points) {
    if (point.time < last - series.span - step) continue;
    const start = startOf(point.time, step);
    if (point.power_w === null && point.energy_import_wh === null && buckets.has(start)) continue;
    const elapsed = Math.min(step, Math.max(0, now - start));
    buckets.set(start, {
      power: point.power_w,
      min: point.power_min_w ?? point.power_w,
      max: point.power_max_w ?? point.power_w,
      importWh: point.energy_import_wh,
      exportWh: point.energy_export_wh,
      weight: point.power_w === null ? 0 : Math.max(1, Math.round(elapsed / Math.max(poll, 0.1))),
    });
  }
  return { step, span: series.span, buckets: buckets.size === 0 ? buckets : trimmed(buckets, step, series.span) };
}

/** Adds one live reading. */
export function withReading(series: Series, reading: Reading): Series {
  const start = startOf(reading.time / 1000, series.step);
  const old = series.buckets.get(start);
  const power = reading.values.power_w;
  const buckets = new Map(series.buckets);
  const weight = (old?.weight ?? 0) + (power === null ? 0 : 1);
  const mean = old?.power ?? null;
  buckets.set(start, {
    power: power === null ? mean : mean === null ? power : mean + (power - mean) / weight,
    min: lesser(old?.min ?? null, power),
    max: greater(old?.max ?? null, power),
    importWh: reading.values.energy_import_wh ?? old?.importWh ?? null,
    exportWh: reading.values.energy_export_wh ?? old?.exportWh ?? null,
    weight,
  });
  return { ...series, buckets: trimmed(buckets, series.step, series.span) };
}

function lesser(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function greater(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** Columns from `from` to `to` (seconds), each step present, unknown ones with nulls. */
export function columns(series: Series, from: number, to: number): Columns {
  const { step, buckets, span } = series;
  const result: Columns = [[], [], [], []];
  const first = startOf(Math.max(from, to - span - step), step);
  for (let start = first; start <= to; start += step) {
    const bucket = buckets.get(start);
    // The current step would otherwise be in the future.
    result[0].push(Math.min(start + step / 2, to));
    result[1].push(bucket?.power ?? null);
    result[2].push(bucket?.min ?? null);
    result[3].push(bucket?.max ?? null);
  }
  return result;
}

/** Extremes, mean and the share without data, for people who cannot see the chart. */
export interface SeriesSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Seconds inside the window without a value. */
  readonly missing: number;
}

/** Summarises columns; null if no value is known. */
export function summary(data: Columns, step: number): SeriesSummary | null {
  const known = data[1].filter((power) => power !== null);
  if (known.length === 0) return null;
  return {
    min: Math.min(...data[2].filter((power) => power !== null), ...known),
    max: Math.max(...data[3].filter((power) => power !== null), ...known),
    mean: known.reduce((sum, power) => sum + power, 0) / known.length,
    missing: (data[1].length - known.length) * step,
  };
}
