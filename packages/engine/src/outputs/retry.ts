/** When an output that failed tries again. */
import type { Entropy, Millis } from "@meterport/protocol/ports";

const first: Millis = 1_000;
const longest: Millis = 60_000;

/**
 * Milliseconds before the next try after so many failures in a row: they double from one second to a minute, and differ by a quarter,
 * so that many gateways do not come back to a broker at the same moment.
 *
 * @example
 * retryAfter(3, (length) => new Uint8Array(length).fill(128)) // 4000
 */
export const retryAfter = (failures: number, entropy: Entropy): Millis => {
  const usual = Math.min(first * 2 ** Math.max(0, failures - 1), longest);
  const [chance = 128] = entropy(1);
  return Math.round(usual * (1 + (chance - 128) / 512));
};
