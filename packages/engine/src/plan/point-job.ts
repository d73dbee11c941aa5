/** Work on a metering point besides its live readings, such as back-fill: done when the line is idle, one job at a time. */
import type { Millis } from "@meterport/protocol/ports";

export interface PointJob {
  /** For the log: "back-fill". */
  readonly name: string;
  /**
   * When it wants to run next, on the monotonic clock: a moment that has passed means now. Undefined while there is nothing to do. The
   * loop asks again after each live reading and after each job, so the answer may change at any time and must be cheap.
   */
  readonly due: (now: Millis) => Millis | undefined;
  /**
   * Does a piece of the work. It uses the meter through `MeterSource.ask`, so live readings come between its requests and wait for one of them
   * at most. Keep a piece short, since other jobs wait until it ends; what is left to do is the next `due`. If it rejects, the loop logs
   * that and lets the job rest.
   */
  readonly run: () => Promise<void>;
  /** Called when the point stops: a run that waits for something other than the meter ends then. */
  readonly stop?: (() => void) | undefined;
}

/** A rest after the first failure in a row, and the longest one. */
const firstRest: Millis = 10_000;
const longestRest: Millis = 600_000;

/**
 * How long a job rests after so many failures in a row.
 *
 * @example
 * [0, 1, 2, 3, 20].map(restAfter) // [0, 10_000, 20_000, 40_000, 600_000]
 */
export const restAfter = (failures: number): Millis =>
  failures === 0 ? 0 : Math.min(longestRest, firstRest * 2 ** Math.min(failures - 1, 10));

/** Which of several jobs is next, and when. */
export interface NextJob {
  /** Its place in the list. */
  readonly index: number;
  readonly at: Millis;
}

/**
 * The first job in the list that is due; if none is, the one that is due soonest. Undefined if there is nothing to do.
 *
 * @param resting until when each job rests after a failure; a place without a number rests not at all
 * @example
 * const job = (at) => ({ name: "a job", due: () => at, run: async () => {} });
 * nextJob([job(undefined), job(900), job(100)], 1_000) // { index: 1, at: 900 }
 * nextJob([job(3_000), job(2_000)], 1_000) // { index: 1, at: 2_000 }
 * nextJob([job(undefined)], 1_000) // undefined
 */
export const nextJob = (
  jobs: readonly Pick<PointJob, "due">[],
  now: Millis,
  resting: readonly Millis[] = [],
): NextJob | undefined => {
  let next: NextJob | undefined;
  for (let index = 0; index < jobs.length; index++) {
    const due = jobs[index]?.due(now);
    if (due === undefined) continue;
    const at = Math.max(due, resting[index] ?? due);
    if (at <= now) return { index, at };
    if (next === undefined || at < next.at) next = { index, at };
  }
  return next;
};
