/**
 * How often a consumer is told: about once per interval. A meter that is asked each second answers somewhat earlier or later, since its line is
 * shared: a value that comes early passes all the same, but not many of them in a row.
 */
import type { Millis } from "@meterport/protocol/ports";

/** How much of an interval something may come before its turn. */
const early = 0.6;
/** Turns follow each other somewhat faster than the interval: what passed early would shorten the time of all that follow. */
const turns = 0.9;

/**
 * When something may pass whose turn is at `turn`.
 *
 * @example
 * mayPassAt(2_000, 1_000) // 1400
 */
export const mayPassAt = (turn: Millis, every: Millis): Millis => turn - early * every;

/**
 * The turn after something that passed at `now`.
 *
 * @example
 * turnAfter(2_000, 1_500, 1_000) // 2900
 * @example
 * turnAfter(2_000, 2_500, 1_000) // 3400
 */
export const turnAfter = (turn: Millis, now: Millis, every: Millis): Millis => Math.max(turn, now) + turns * every;
