import type { Series } from "./series.ts";

/** Which register of a series. */
export type Register = "importWh" | "exportWh";

export interface EnergySince {
  /** Watt-hours, never negative. */
  readonly wh: number;
  /** Seconds since 1970 from which it really counts: later than asked when nothing older is known. */
  readonly since: number;
  /** True when it counts from the moment that was asked for. */
  readonly complete: boolean;
}

/** More than this, W, no meter lets through; what needs more is a step to another meter's registers. */
const MOST_POWER = 250_000;

/** How far before the asked moment the first register value may lie and still stand for it. */
const TOLERATED_STEPS = 2;

/**
 * Energy from `from` to `now` (seconds) as the difference of two register values; null when it cannot be known.
 * A register that fell, or leapt further than a meter can count (another meter, or a reset), gives null, because the
 * difference then says nothing.
 */
export function energySince(
  series: Series,
  register: Register,
  from: number,
  latest: number | null,
  now: number,
): EnergySince | null {
  const known = [...series.buckets]
    .map(([start, bucket]) => ({ end: start + series.step, value: bucket[register] }))
    .filter((entry): entry is { end: number; value: number } => entry.value !== null)
    .sort((a, b) => a.end - b.end);
  const before = known.findLast((entry) => entry.end <= from);
  const after = known.find((entry) => entry.end > from);
  const exact = before !== undefined && from - before.end <= TOLERATED_STEPS * series.step;
  const base = exact ? before : after;
  const end = latest ?? known.at(-1)?.value ?? null;
  if (base === undefined || end === null || end < base.value) return null;
  const seconds = Math.max(from, known.at(-1)?.end ?? 0) - base.end + 2 * series.step;
  if (end - base.value > (MOST_POWER * seconds) / 3600) return null;
  return { wh: end - base.value, since: exact ? from : Math.min(base.end, now), complete: exact };
}

/** Start of the local day of `now`, both in milliseconds since 1970. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
