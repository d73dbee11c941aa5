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

/** A register's value where some step ended. */
interface Known {
  readonly end: number;
  readonly step: number;
  readonly value: number;
}

/** What series know of a register, oldest first; of two that know one moment the finer counts. */
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
 * A register that fell, or leapt further than a meter can count (another meter, or a reset), gives null, because the
 * difference then says nothing.
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
 * Where a register stood last, and when: at the gateway's last reading, if that fell into the step, else at its end.
 *
 * @param lastReading of the gateway, milliseconds since 1970; null where it has none
 * @param now likewise: a step that has only begun ends then
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

/** Start of the local day of `now`, both in milliseconds since 1970. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
