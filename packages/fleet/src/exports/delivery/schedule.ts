/** When a file is tried again that a target did not take. Pure: time and chance are arguments. */
import type { Millis } from "@meterport/protocol/ports";

const minute: Millis = 60_000;
const longest: Millis = 60 * minute;

/**
 * How long to wait after a number of failures in a row: a minute, then twice as long each time, an hour at most. `share` from 0 to 1 adds up to a
 * fifth, so that many exports to one target do not knock together.
 *
 * @example
 * delayAfter(3, 0) // 240000
 */
export const delayAfter = (failures: number, share: number): Millis => {
  const doubled = failures < 1 ? 0 : Math.min(longest, minute * 2 ** Math.min(failures - 1, 16));
  return Math.round(doubled * (1 + share / 5));
};

/** How a target is doing. */
export interface TargetState {
  /** Failures in a row. */
  readonly failures: number;
  /** Since when it has taken nothing; null while it works. */
  readonly failingSince: Millis | null;
  /** Why the last attempt failed. */
  readonly problem: string | null;
  readonly delivered: number;
  readonly lastDelivered: Millis | null;
}

export const freshTarget: TargetState = {
  failures: 0,
  failingSince: null,
  problem: null,
  delivered: 0,
  lastDelivered: null,
};

export const afterDelivery = (state: TargetState, now: Millis): TargetState => ({
  ...freshTarget,
  delivered: state.delivered + 1,
  lastDelivered: now,
});

export const afterFailure = (state: TargetState, now: Millis, problem: string): TargetState => ({
  ...state,
  failures: state.failures + 1,
  failingSince: state.failingSince ?? now,
  problem,
});

/** The target works, and has told why it does not take a file. */
export const afterRefusal = (state: TargetState, problem: string): TargetState => ({
  ...state,
  ...{ failures: 0, failingSince: null, problem },
});
