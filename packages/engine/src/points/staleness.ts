/** The one rule of staleness: every output asks here whether a reading may still be shown. */
import type { Clock, Millis } from "@meterport/protocol/ports";

/** A reading stays fresh for at least this long, so that one late poll of a fast meter does not blank the page. */
const floor: Millis = 4_000;

/**
 * How old a reading may become, in milliseconds, for a poll interval in milliseconds.
 *
 * @example
 * staleAfter(2_000) // 4000
 * @example
 * staleAfter(10_000) // 20000
 */
export const staleAfter = (interval: Millis): Millis => Math.max(floor, 2 * interval);

/** A reading is never late before this age, as a poll takes some time. */
const lateFloor: Millis = 3_000;

/**
 * Age at which a reading becomes late, in milliseconds, for a poll interval in milliseconds: still shown, but marked.
 *
 * @example
 * lateAfter(2_000) // 3000
 */
export const lateAfter = (interval: Millis): Millis => Math.max(lateFloor, 1.5 * interval);

/** When a reading was taken, on both clocks. */
export interface TakenAt {
  readonly now: Millis;
  readonly wall: Millis;
}

/**
 * Whether a reading taken at `taken` is too old. Both clocks count: the monotonic one stops while a machine
 * sleeps, the wall clock may be stepped back, and neither may make an old number look fresh.
 */
export const isStale = (taken: TakenAt, clock: Clock, interval: Millis): boolean =>
  Math.max(clock.now() - taken.now, clock.wall() - taken.wall) >= staleAfter(interval);
