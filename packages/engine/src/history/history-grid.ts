/** A regular grid for a history query: whole steps since 1970, so that stored minutes and hours fall into place. */
import type { Millis } from "@meterport/protocol/ports";

/** A range of history on a grid; build it with `historyGrid`. */
export interface HistoryGrid {
  /** Start of the first step, milliseconds since 1970, a multiple of the step. */
  readonly from: Millis;
  /** Seconds from one point to the next. */
  readonly step: number;
  readonly count: number;
}

/** More points than any screen has columns, and few enough to answer in some milliseconds. */
export const maxPoints = 2_000;

const comfortable = 720;
const ladder = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

export interface HistoryRequest {
  readonly from: Millis;
  readonly to: Millis;
  /** Seconds; chosen to fit the range if omitted. */
  readonly step?: number | undefined;
  /** Poll interval of the meter: a chosen step is never so short that steps between two polls are empty. */
  readonly interval: Millis;
}

/** Seconds from one point to the next that suit a range. */
const chosenStep = (range: Millis, interval: Millis): number => {
  const shortest = Math.max(range / 1000 / comfortable, (2 * interval) / 1000);
  return ladder.find((step) => step >= shortest) ?? Math.ceil(shortest / 86_400) * 86_400;
};

/** The grid, or one sentence that says what is wrong with the request. */
export const historyGrid = (request: HistoryRequest): HistoryGrid | string => {
  const { from, to, interval } = request;
  if (!(from < to)) return `from (${new Date(from).toISOString()}) must be before to (${new Date(to).toISOString()})`;
  const step = request.step ?? chosenStep(to - from, interval);
  const width = step * 1000;
  const start = Math.floor(from / width) * width;
  const count = Math.ceil((to - start) / width);
  if (count > maxPoints) {
    const longer = chosenStep((to - from) * (comfortable / maxPoints) * 1.01, 0);
    return `${count} points are more than ${maxPoints}: ask for a shorter range or a longer step, for example step=${longer}`;
  }
  return { from: start, step, count };
};
