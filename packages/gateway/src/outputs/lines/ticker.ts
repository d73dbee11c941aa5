/** Says something each second, and at once when there is news, but no news more often than that. */
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface Ticker {
  /** Something new is there. */
  readonly poke: () => void;
  readonly stop: () => void;
}

/** News that come so soon after other news, as shares of the rhythm, wait for the full one; a meter is never that exact. */
const soon = 0.9;
/** News do not wait for a whole round after a mere repetition, only for so much of it. */
const afterRepetition = 0.2;

/**
 * @param every between two
 * @param repeats whether it also comes when nothing is new
 * @param task gives whether it said something: if not, the next news need not wait
 */
export const startTicker = (clock: Clock, every: Millis, repeats: boolean, task: () => boolean): Ticker => {
  let lastNews = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let cancel = (): void => {};
  let hasNews = false;
  let isStopped = false;
  const plan = (time: Millis): void => {
    cancel();
    cancel = clock.at(time, run);
  };
  const run = (): void => {
    if (isStopped) return;
    const now = clock.now();
    const isNews = hasNews;
    hasNews = false;
    cancel();
    if (repeats) plan(now + every);
    if (!task()) return;
    last = now;
    if (isNews) lastNews = now;
  };
  if (repeats) plan(clock.now() + every);
  return {
    poke: () => {
      if (isStopped || hasNews) return;
      hasNews = true;
      const afterLast = last + every * afterRepetition;
      if (clock.now() >= Math.max(lastNews + every * soon, afterLast)) run();
      else plan(Math.max(lastNews + every, afterLast));
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};
