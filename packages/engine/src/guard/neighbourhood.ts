/**
 * How far a value may be from the one before it without being read again. If three bits flip and the digest misses it, one value
 * leaps by 32,640 of the meter's units or more (SECURITY.md gives the probability): W, mA, mV, mHz. Every step here is smaller. Those
 * of power and current are as large as possible, since switching on a car charger or water heater is not a fault; voltages do not
 * step that far.
 */
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";

/** An accepted value, and when it was read: Unix milliseconds. */
export interface Accepted {
  readonly value: number;
  readonly time: Millis;
}

/** Older values have no neighbourhood: anything may have been switched on meanwhile. */
const recent: Millis = 15_000;

const stepOf = (key: LiveKey): number => {
  if (key.startsWith("voltage_")) return 25;
  if (key.startsWith("current_")) return 32;
  if (key.startsWith("power_factor_")) return 2;
  if (key === "frequency_hz") return 2;
  return 32_000;
};

/** The largest step between two consecutive readings, in the key's unit. */
const largestStep = new Map(liveKeys.map((key) => [key, stepOf(key)]));

/**
 * Whether a value lies in the neighbourhood of an earlier one.
 *
 * @example
 * isNeighbour("power_w", 12_000, 700) // true
 * isNeighbour("power_w", 33_468, 700) // false
 */
export const isNeighbour = (key: LiveKey, value: number, other: number): boolean =>
  Math.abs(value - other) <= (largestStep.get(key) ?? 0);

/**
 * Whether a value must be read again because it left the neighbourhood of the last one.
 *
 * @example
 * hasLeapt("power_w", { value: 33_468, time: 2_000 }, { value: 700, time: 0 }) // true
 * hasLeapt("power_w", { value: 33_468, time: 60_000 }, { value: 700, time: 0 }) // false
 */
export const hasLeapt = (key: LiveKey, now: Accepted, before: Accepted | undefined): boolean =>
  before !== undefined &&
  now.time >= before.time &&
  now.time - before.time <= recent &&
  !isNeighbour(key, now.value, before.value);

/** What a household may use without a second read, on top of `steady`: Wh or varh. */
const sudden = 5_000;
/** Allowed all the time, W or var. */
const steady = 3_000;

/**
 * Wh or varh by which a register may rise in `elapsed` milliseconds without being read again, whatever the fuse permits;
 * `pace` is the power that this installation has shown to use, W.
 *
 * @example
 * allowedRise(2_000, 0) // 5001.666666666667
 */
export const allowedRise = (elapsed: Millis, pace: number): number =>
  sudden + (Math.max(steady, pace) * Math.max(0, elapsed)) / 3_600_000;
