/** Jobs that come again and again: a set with its own rate, a check. */
import type { Millis } from "@meterport/protocol/ports";
import type { PointJob } from "./point-job.ts";
import { firstTick, phaseOf } from "./spread.ts";

export interface RecurringOptions extends Pick<PointJob, "name" | "run"> {
  readonly interval: Millis;
  /** Of the point: thousands of points have their turns at different times. */
  readonly point: string;
}

/** After a start it runs once, soon: in this share of its interval, but within the longest time. */
const firstShare = 0.1;
const longestFirst: Millis = 300_000;

/**
 * A job with a rhythm. It runs soon after the first question when it is due, then at the point's phase in the interval; turns that passed
 * while the line was busy or down are skipped.
 */
export const recurring = ({ name, run, interval, point }: RecurringOptions): PointJob => {
  const phase = phaseOf(`${point} ${name}`, interval);
  let next: Millis | undefined;
  let asked: Millis = 0;
  return {
    name,
    due: (now) => {
      asked = now;
      next ??= now + phaseOf(`${point} ${name}`, Math.min(longestFirst, firstShare * interval));
      return next;
    },
    run: async () => {
      // If it fails, the loop lets it rest, and it is still due.
      await run();
      next = firstTick(asked, phase, interval);
    },
  };
};
