/** Says something each second, and at once when there is news, but not much more often. */
import { mayPassAt, turnAfter } from "@meterport/engine/plan/pace";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface Ticker {
  /** Something new is there. */
  readonly poke: () => void;
  readonly stop: () => void;
}

/** Shares of the rhythm. News that are due may come so much later: a repetition just before them would hold them up. */
const late = 0.5;
/** News do not wait for a whole round after a mere repetition, only for so much of it: a telegram takes a tenth of a second on a serial line. */
const afterRepetition = 0.1;

/**
 * @param every between two
 * @param repeats whether it also comes when nothing is new
 * @param task gives whether it said something: if not, the next news need not wait
 */
export const startTicker = (clock: Clock, every: Millis, repeats: boolean, task: () => boolean): Ticker => {
  let turn = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let lastNews = Number.NaN;
  /** When the next news come, if they keep their rhythm. */
  let expected = Number.NaN;
  let cancel = (): void => {};
  let hasNews = false;
  let isStopped = false;
  const plan = (time: Millis): void => {
    cancel();
    cancel = clock.at(time, run);
  };
  const repetitionAfter = (now: Millis): Millis =>
    Math.abs(now + every - expected) < every * late ? expected + every * late : now + every;
  const run = (): void => {
    if (isStopped) return;
    const now = clock.now();
    const isNews = hasNews;
    hasNews = false;
    cancel();
    if (isNews) {
      expected = now + (now - lastNews);
      lastNews = now;
    }
    if (repeats) plan(repetitionAfter(now));
    if (!task()) return;
    last = now;
    if (isNews) turn = turnAfter(turn, now, every);
  };
  if (repeats) plan(clock.now() + every);
  return {
    poke: () => {
      if (isStopped || hasNews) return;
      hasNews = true;
      const at = Math.max(mayPassAt(turn, every), last + every * afterRepetition);
      if (clock.now() >= at) run();
      else plan(at);
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};
