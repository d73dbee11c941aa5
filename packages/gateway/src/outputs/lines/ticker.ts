/** Does something each second, and at once when there is something new, but never more often. */
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface Ticker {
  /** Something new is there. */
  readonly poke: () => void;
  readonly stop: () => void;
}

/** Two that follow each other closer than this are one. */
const least = 0.9;

/**
 * @param every between two
 * @param repeats whether it also comes when nothing is new
 * @param task gives whether it did something: if not, the next news need not wait
 */
export const startTicker = (clock: Clock, every: Millis, repeats: boolean, task: () => boolean): Ticker => {
  let last = Number.NEGATIVE_INFINITY;
  let cancel = (): void => {};
  let isWaiting = false;
  let isStopped = false;
  const plan = (time: Millis): void => {
    cancel();
    isWaiting = true;
    cancel = clock.at(time, run);
  };
  const run = (): void => {
    isWaiting = false;
    if (isStopped) return;
    const now = clock.now();
    if (repeats) plan(now + every);
    if (task()) last = now;
  };
  if (repeats) plan(clock.now() + every);
  return {
    poke: () => {
      if (isStopped) return;
      if (clock.now() - last >= every * least) {
        cancel();
        run();
      } else if (!isWaiting) plan(last + every);
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};
