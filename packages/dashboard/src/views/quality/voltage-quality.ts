/** What voltages, frequency and power factors of a period say about the supply. */
import { number, record, timeOf } from "../../state/loose.ts";

/** Values on the grid of an answer; null where nothing is known. */
export interface Line {
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

export const PHASE_NAMES = ["L1", "L2", "L3"] as const;

export const SERIES_KEYS = [
  ...["voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "frequency_hz"],
  ...["power_factor_l1", "power_factor_l2", "power_factor_l3"],
] as const;

export interface QualitySeries {
  /** Seconds since 1970 at which the first step begins. */
  readonly from: number;
  /** Seconds. */
  readonly step: number;
  /** The middle of each step, seconds since 1970. */
  readonly times: readonly number[];
  /** Of L1, L2, L3; null for a phase that the meter does not have. */
  readonly voltage: readonly (Line | null)[];
  /** Means only, like the frequency. */
  readonly factor: readonly (Line | null)[];
  readonly frequency: Line | null;
}

/** The gateway never gives more. */
const MOST_STEPS = 2000;

function valuesOf(data: unknown, count: number): (number | null)[] {
  const list = Array.isArray(data) ? data : [];
  return Array.from({ length: count }, (_, n) => number(list[n]));
}

function lineOf(data: unknown, count: number): Line | null {
  const loose = record(data);
  const mean = valuesOf(loose?.mean, count);
  if (mean.every((value) => value === null)) return null;
  return { mean, min: valuesOf(loose?.min, count), max: valuesOf(loose?.max, count) };
}

/** The series of an answer; null if it is not one. */
export function qualitySeriesOf(data: unknown): QualitySeries | null {
  const loose = record(data);
  const series = record(loose?.series);
  const [start, end, step] = [timeOf(loose?.from), timeOf(loose?.to), number(loose?.step)];
  if (series === null || start === null || end === null || step === null || step <= 0) return null;
  const count = Math.round((end - start) / 1000 / step);
  if (count < 1 || count > MOST_STEPS) return null;
  const from = start / 1000;
  const line = (key: string): Line | null => lineOf(series[key], count);
  return {
    ...{ from, step, times: Array.from({ length: count }, (_, n) => from + (n + 0.5) * step) },
    voltage: PHASE_NAMES.map((name) => line(`voltage_${name.toLowerCase()}_v`)),
    factor: PHASE_NAMES.map((name) => meansOf(line(`power_factor_${name.toLowerCase()}`))),
    frequency: meansOf(line("frequency_hz")),
  };
}

/** A value and the middle of the step in which it was, seconds since 1970. */
export interface Extreme {
  readonly value: number;
  readonly time: number;
}

export interface LineSummary {
  readonly min: Extreme;
  readonly max: Extreme;
  readonly mean: number;
}

function extreme(
  line: Line,
  of: "min" | "max",
  times: readonly number[],
  isBeyond: (value: number, than: number) => boolean,
): Extreme | null {
  let found: Extreme | null = null;
  line.mean.forEach((mean, n) => {
    // The gateway keeps extremes only of some keys, and of others for a while.
    const value = line[of][n] ?? mean;
    if (value !== null && (found === null || isBeyond(value, found.value))) found = { value, time: times[n] ?? 0 };
  });
  return found;
}

/** Extremes and mean of a line; null if nothing of it is known. */
export function summaryOf(line: Line | null, times: readonly number[]): LineSummary | null {
  if (line === null) return null;
  const known = line.mean.filter((value) => value !== null);
  const min = extreme(line, "min", times, (value, than) => value < than);
  const max = extreme(line, "max", times, (value, than) => value > than);
  if (known.length === 0 || min === null || max === null) return null;
  return { min, max, mean: known.reduce((sum, value) => sum + value, 0) / known.length };
}

/**
 * A line of its means alone. Extremes are stored of voltages only; of other keys the newest steps alone have them, which would
 * make those look worse than all others.
 */
function meansOf(line: Line | null): Line | null {
  return line === null ? null : { mean: line.mean, min: line.mean, max: line.mean };
}

export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** The nominal voltage of public low-voltage networks in Europe, V (EN 60038). */
const NOMINAL_V = 230;

/**
 * The limits of EN 50160 around the nominal voltage, ±10 %; null if the meter seems to hang at another nominal voltage, of which
 * this page does not know the limits.
 *
 * @param mean V, over the period and all phases
 * @example voltageLimits(228) // { low: 207, high: 253 }
 */
export function voltageLimits(mean: number | null): Limits | null {
  if (mean === null || Math.abs(mean - NOMINAL_V) > 0.2 * NOMINAL_V) return null;
  return { low: NOMINAL_V * 0.9, high: NOMINAL_V * 1.1 };
}

/**
 * The limits of EN 50160 for the frequency, ±1 %; null if it is not a network of 50 Hz.
 *
 * @example frequencyLimits(50.01) // { low: 49.5, high: 50.5 }
 */
export function frequencyLimits(mean: number | null): Limits | null {
  return mean === null || Math.abs(mean - 50) > 2.5 ? null : { low: 49.5, high: 50.5 };
}

/** How many of the known means lie within the limits. */
export interface Inside {
  readonly known: number;
  readonly inside: number;
}

export function insideOf(line: Line | null, { low, high }: Limits): Inside {
  const known = line?.mean.filter((value) => value !== null) ?? [];
  return { known: known.length, inside: known.filter((value) => value >= low && value <= high).length };
}

/**
 * The largest deviation of a phase from the mean of the three, as a percentage of that mean, for each step. EN 50160 means the
 * negative sequence, which needs the angles that a meter does not tell; this is its usual estimate.
 *
 * @example unbalanceOf([[230], [230], [220]]) // [2.94…]
 */
export function unbalanceOf(phases: readonly (readonly (number | null)[])[]): (number | null)[] {
  return (phases[0] ?? []).map((_, n) => {
    const values = phases.map((phase) => phase[n] ?? null);
    const known = values.filter((value) => value !== null);
    if (known.length !== 3) return null;
    const mean = known.reduce((sum, value) => sum + value, 0) / 3;
    return mean <= 0 ? null : (100 * Math.max(...known.map((value) => Math.abs(value - mean)))) / mean;
  });
}

/** The unbalance as a line; null without three phases. */
export function unbalanceLine({ voltage }: Pick<QualitySeries, "voltage">): Line | null {
  const phases = voltage.flatMap((line) => (line === null ? [] : [line.mean]));
  if (phases.length !== 3) return null;
  const mean = unbalanceOf(phases);
  return mean.every((value) => value === null) ? null : { mean, min: mean, max: mean };
}

/** The band between the lowest and the highest value of all lines at each step. */
export function bandOf(lines: readonly (Line | null)[], count: number): [(number | null)[], (number | null)[]] {
  const at = (n: number, of: "min" | "max"): number[] => lines.flatMap((line) => line?.[of][n] ?? line?.mean[n] ?? []);
  const edge = (of: "min" | "max", pick: (...values: number[]) => number): (number | null)[] =>
    Array.from({ length: count }, (_, n) => {
      const values = at(n, of);
      return values.length === 0 ? null : pick(...values);
    });
  return [edge("min", Math.min), edge("max", Math.max)];
}
