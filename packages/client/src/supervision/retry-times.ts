/** How long to wait before looking for a meter again. */
import type { Entropy, Millis } from "@meterport/protocol/ports";

/** Time between looks. For a far meter it grows to a share of the outage, up to a limit. */
const steady: Millis = 1_000;
const quick: readonly Millis[] = [100, 250, 500];
const outageShare = 120;
const longestFar: Millis = 15_000;
const longestRefused: Millis = 30_000;

export interface Retry {
  /** How many attempts have failed since the last success, 1 or more. */
  readonly failures: number;
  /** How long the meter has been out of reach. */
  readonly outage: Millis;
  /**
   * `near`: looking costs nothing. `far`: over a network, so looks become rarer with time. `stranger`: it has refused us,
   * and has never accepted us.
   */
  readonly kind: "near" | "far" | "stranger";
}

/**
 * Milliseconds to wait, less a random part of up to a quarter, so that a hundred meters behind one bridge do not all come
 * at once. In the first two minutes of an outage, a meter is looked for each second on any kind of link.
 *
 * @example
 * const even = (length) => new Uint8Array(length);
 * retryTime({ failures: 1, outage: 0, kind: "near" }, even) // 100
 * retryTime({ failures: 500, outage: 600_000, kind: "near" }, even) // 1000
 * retryTime({ failures: 500, outage: 600_000, kind: "far" }, even) // 5000
 * retryTime({ failures: 3, outage: 3_000, kind: "stranger" }, even) // 4000
 */
export const retryTime = ({ failures, outage, kind }: Retry, entropy: Entropy): Millis => {
  const chance = (entropy(1)[0] ?? 0) / 255;
  return Math.round(fullTime(failures, outage, kind) * (1 - chance / 4));
};

const fullTime = (failures: number, outage: Millis, kind: Retry["kind"]): Millis => {
  if (kind === "stranger") return Math.min(longestRefused, steady * 2 ** Math.min(Math.max(failures - 1, 0), 10));
  const first = quick[failures - 1];
  if (first !== undefined) return first;
  return kind === "near" ? steady : Math.min(longestFar, Math.max(steady, outage / outageShare));
};
