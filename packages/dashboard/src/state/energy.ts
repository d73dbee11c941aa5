import type { Series } from "./series.ts";

/** Which register of a series. */
export type Register = "importWh" | "exportWh";

export interface EnergySince {
  /** Watt-hours, never negative. */
  readonly wh: number;
  /** Seconds since 1970 from which it really counts: later than requested if nothing older is known. */
  readonly since: number;
  /** True if it counts from the requested moment. */
  readonly complete: boolean;
}

/** No meter passes more power, W, than this; a larger step comes from another meter's registers. */
const MOST_POWER = 250_000;

/** How long before the requested moment the first register value may be and still count for it. */
const TOLERATED_STEPS = 2;

/** A register's value where some step ended. */
interface Known {
  readonly end: number;
  readonly step: number;
  readonly value: number;
}

/** The values of a register in several series, oldest first; for the same moment the finer series counts. */
function knownOf(series: readonly Series[], register: Register): Known[] {
  return series
    .flatMap(({ step, buckets }) =>
      [...buckets].flatMap(([start, bucket]) => {
        const value = bucket[register];
        return value === null ? [] : [{ end: start + step, step, value }];
      }),
    )
    .sort((a, b) => a.end - b.end || b.step - a.step);
}

/**
 * Energy from `from` to `now` (seconds) as the difference of two register values; null when it cannot be known.
 * A register that fell, or jumped further than a meter can count (another meter, or a reset), gives null, because the
 * difference is then meaningless.
 *
 * @param series several of the same meter know more together: a fine one of the last hour, a coarse one of the day
 */
export function energySince(
  series: Series | readonly Series[],
  register: Register,
  from: number,
  latest: number | null,
  now: number,
): EnergySince | null {
  const known = knownOf("buckets" in series ? [series] : series, register);
  const before = known.findLast((entry) => entry.end <= from);
  const after = known.find((entry) => entry.end > from);
  const exact = before !== undefined && from - before.end <= TOLERATED_STEPS * before.step;
  const base = exact ? before : after;
  const end = latest ?? known.at(-1)?.value ?? null;
  if (base === undefined || end === null || end < base.value) return null;
  const seconds = Math.max(from, known.at(-1)?.end ?? 0) - base.end + 2 * base.step;
  if (end - base.value > (MOST_POWER * seconds) / 3600) return null;
  return { wh: end - base.value, since: exact ? from : Math.min(base.end, now), complete: exact };
}

/**
 * The last value of a register and its time: the gateway's last reading if it is within the step, else the step's end.
 *
 * @param lastReading the gateway's last reading, milliseconds since 1970; null if it has none
 * @param now milliseconds since 1970, at which the current step ends
 */
export function lastKnown(
  series: readonly Series[],
  register: Register,
  lastReading: number | null,
  now: number,
): { readonly wh: number; readonly time: number } | null {
  const newest = knownOf(series, register).at(-1);
  if (newest === undefined) return null;
  const end = Math.min(newest.end * 1000, now);
  const inStep = lastReading !== null && lastReading >= (newest.end - newest.step) * 1000 && lastReading <= end;
  return { wh: newest.value, time: inStep ? lastReading : end };
}
