/** For tests: a clock that jumps to the next deadline when nothing else is left to do. */
import type { Clock, Millis } from "@meterport/protocol/ports";

interface Task {
  readonly time: Millis;
  readonly run: () => void;
}

export interface EagerClock extends Clock {
  /** Deadlines that are not cancelled. */
  readonly waiting: () => number;
}

/** @param wall what `wall()` returns when `now()` is 0 */
export const eagerClock = (wall: Millis = Date.UTC(2026, 0, 1)): EagerClock => {
  const tasks: Task[] = [];
  let now = 0;
  let pumping = false;
  const pump = (): void => {
    // Two turns: answers of a line and steps of promises go before the next deadline.
    setImmediate(() =>
      setImmediate(() => {
        const next = tasks.shift();
        if (next === undefined) {
          pumping = false;
          return;
        }
        now = Math.max(now, next.time);
        next.run();
        pump();
      }),
    );
  };
  return {
    now: () => now,
    wall: () => wall + now,
    waiting: () => tasks.length,
    at: (time, run) => {
      const task = { time, run };
      const index = tasks.findIndex((other) => other.time > time);
      tasks.splice(index < 0 ? tasks.length : index, 0, task);
      if (!pumping) {
        pumping = true;
        pump();
      }
      return () => {
        const at = tasks.indexOf(task);
        if (at >= 0) tasks.splice(at, 1);
      };
    },
  };
};
