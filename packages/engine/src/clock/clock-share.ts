/** When a wrong clock matters to an interval. Pure. */
import type { Millis } from "@meterport/protocol/ports";

const share = 1 / 3;

/**
 * Whether a clock that is wrong by so much puts energy into the wrong interval: it does by more than a third of one.
 *
 * @param seconds length of the interval
 * @example
 * clockPutsElsewhere(10_000, 900) // false
 * @example
 * clockPutsElsewhere(-301_000, 900) // true
 */
export const clockPutsElsewhere = (offset: Millis, seconds: number): boolean =>
  Math.abs(offset) > 1000 * seconds * share;
