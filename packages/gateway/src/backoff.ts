/** How long to wait before the next attempt to connect. */
import type { Entropy, Millis } from "@meterport/protocol/ports";

const first: Millis = 1_000;
const longest: Millis = 30_000;

/**
 * Milliseconds before attempt number `failures` (1 after the first failure): doubling from 1 s to 30 s, less up to a
 * quarter by chance, so that a hundred meters behind one bridge do not all come back at once.
 */
export const backoff = (failures: number, entropy: Entropy): Millis => {
  const full = Math.min(longest, first * 2 ** Math.min(Math.max(failures - 1, 0), 10));
  const chance = (entropy(1)[0] ?? 0) / 255;
  return Math.round(full * (1 - chance / 4));
};
