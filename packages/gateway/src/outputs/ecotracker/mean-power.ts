/** The mean of the powers of the last minute. */
import type { Millis } from "@meterport/protocol/ports";

const window: Millis = 60_000;
/** A meter is read at most four times a second. */
const most = 240;

export class MeanPower {
  readonly #values: { readonly at: Millis; readonly power: number }[] = [];

  /** @param at on the monotonic clock */
  add(at: Millis, power: number): void {
    this.#values.push({ at, power });
    if (this.#values.length > most) this.#values.shift();
  }

  /** In W; null if there was none. */
  mean(now: Millis): number | null {
    const recent = this.#values.filter(({ at }) => now - at <= window);
    if (recent.length === 0) return null;
    return recent.reduce((sum, { power }) => sum + power, 0) / recent.length;
  }
}
