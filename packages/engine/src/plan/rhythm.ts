/** When a point is read next: pure arithmetic over a rhythm that began at some moment. */
import type { Millis } from "@meterport/protocol/ports";

/** Time from a failed read on a working link to the next read. */
const soonAgain: Millis = 250;

/** The ticks at which a point is read: `began`, which may still come, and each `interval` after it. */
export interface Rhythm {
  /** On the monotonic clock. */
  readonly began: Millis;
  readonly interval: Millis;
}

/**
 * When to read next, on the monotonic clock: at the next tick after `now`. Ticks that passed while a read ran are
 * skipped, so a slow meter is not read faster to catch up. With `soon`, a failed read is tried again before that.
 *
 * @example
 * nextRead({ began: 100, interval: 2_000 }, 2_650) // 4100
 * @example
 * nextRead({ began: 100, interval: 2_000 }, 2_650, { soon: true }) // 2900
 */
export const nextRead = (rhythm: Rhythm, now: Millis, { soon = false }: { readonly soon?: boolean } = {}): Millis => {
  const { began, interval } = rhythm;
  const tick = now < began ? began : began + interval * (Math.floor((now - began) / interval) + 1);
  return soon ? Math.min(tick, now + soonAgain) : tick;
};
