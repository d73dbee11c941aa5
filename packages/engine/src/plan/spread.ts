/** Spreads the reads of many points over their interval: pure arithmetic on their names. */
import type { Millis } from "@meterport/protocol/ports";

/** FNV-1a, with the last mixing of MurmurHash3, so that names that differ in one digit fall far apart. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/**
 * Ticks are whole multiples of this apart. What thousands of points do at one moment shares a round of the event loop, which
 * takes a sixth less of the processor; each waits some milliseconds at most for those before it.
 */
const together: Millis = 50;
/** A short interval is divided into so many moments at least. */
const fewestMoments = 20;

/**
 * Where in the interval a point has its ticks: always the same for the same name, and evenly spread over many names. A whole multiple of
 * 50 ms, or of a twentieth of an interval below a second; 0 if there is none.
 *
 * @example
 * phaseOf("home", 10_000) === phaseOf("home", 10_000) // true
 * phaseOf("home", 10_000) % 50 // 0
 */
export const phaseOf = (id: string, interval: Millis): Millis => {
  if (interval <= 0) return 0;
  const step = Math.min(together, interval / fewestMoments);
  return Math.floor(((hashOf(id) / 2 ** 32) * interval) / step) * step;
};

/** A tick is at least this share of the interval after the first read. */
const leastGap = 0.25;

/**
 * The first tick after a read that was not on a tick: at most 1.25 intervals later, so that values stay fresh, and not at once.
 *
 * @param phase as `phaseOf` gives it
 * @example
 * firstTick(100, 3_000, 10_000) // 3_000
 * firstTick(2_000, 3_000, 10_000) // 13_000
 */
export const firstTick = (now: Millis, phase: Millis, interval: Millis): Millis => {
  const earliest = now + leastGap * interval;
  return phase + interval * Math.ceil((earliest - phase) / interval);
};
