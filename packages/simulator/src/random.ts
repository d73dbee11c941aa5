/** A small repeatable source of numbers, for faults. */

/** Gives numbers in [0, 1). */
export type Random = () => number;

/**
 * A generator from a seed: the same seed gives the same numbers, on every machine (mulberry32, public domain).
 *
 * @example
 * seeded(1)() === seeded(1)() // true
 */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
