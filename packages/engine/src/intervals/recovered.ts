/** Steps of a history without readings, filled from what back-fill brought: a night without a link is a line, not a hole. */

import type { HistoryGrid } from "../history/history-grid.ts";
import type { HistoryPoint } from "../history/history-point.ts";
import type { Interval } from "../model/interval.ts";
import type { IntervalSum } from "../ports/store.ts";

type Piece = Pick<Interval, "end" | "seconds" | "value" | "register">;

/** Intervals may leave this share of a step open, as their ends are those of the meter's clock. */
const mayLack = 0.01;

/** W; a meter counts Wh, so a thousandth says nothing more. */
const meanOf = (wh: number, seconds: number): number => Math.round((wh * 3_600_000) / seconds) / 1_000;

/** Mean power of one channel in each step, and the register at its end, as far as intervals tell. */
export interface RecoveredSteps {
  readonly power: readonly (number | null)[];
  readonly register: readonly (number | null)[];
}

/**
 * Steps that may be shorter than the intervals: within an interval the power is its mean.
 *
 * @param intervals of one channel, in Wh, oldest first
 */
export const recoveredFromIntervals = (
  { from, step, count }: HistoryGrid,
  intervals: readonly Piece[],
): RecoveredSteps => {
  const width = step * 1000;
  const energy = new Array<number>(count).fill(0);
  const covered = new Array<number>(count).fill(0);
  const register = new Array<number | null>(count).fill(null);
  for (const { end, seconds, value, register: state } of intervals) {
    if (value === null || seconds <= 0) continue;
    const start = end - seconds * 1000;
    const first = Math.max(0, Math.floor((start - from) / width));
    const last = Math.min(count - 1, Math.ceil((end - from) / width) - 1);
    for (let n = first; n <= last; n++) {
      const begin = from + n * width;
      const overlap = Math.min(end, begin + width) - Math.max(start, begin);
      if (overlap <= 0) continue;
      covered[n] = (covered[n] ?? 0) + overlap;
      energy[n] = (energy[n] ?? 0) + (value * overlap) / (seconds * 1000);
    }
    // The last interval of a step gives its register.
    if (last >= first && end > from && end <= from + count * width) register[last] = state;
  }
  const power = energy.map((wh, n) => {
    const time = covered[n] ?? 0;
    return time >= width * (1 - mayLack) ? meanOf(wh, time / 1000) : null;
  });
  return { power, register };
};

/** Steps of at least one interval, from sums that the store made: one for each step. */
export const recoveredFromSums = (sums: readonly IntervalSum[]): RecoveredSteps => ({
  power: sums.map(({ from, to, value, seconds }) => {
    const whole = (to - from) / 1000;
    return value !== null && seconds >= whole * (1 - mayLack) ? meanOf(value, seconds) : null;
  }),
  register: sums.map(() => null),
});

/**
 * The points with what the intervals tell of steps without readings. Extremes stay unknown, and so does power if one direction is.
 *
 * @param first index of the point to which the first step of the two channels belongs
 */
export const withRecovered = (
  points: readonly HistoryPoint[],
  first: number,
  imported: RecoveredSteps,
  exported: RecoveredSteps,
): readonly HistoryPoint[] =>
  points.map((point, index) => {
    const n = index - first;
    const [fromGrid, toGrid] = [imported.power[n] ?? null, exported.power[n] ?? null];
    if (point.power_w !== null || n < 0) return point;
    const power = fromGrid === null || toGrid === null ? null : fromGrid - toGrid;
    const [energyIn, energyOut] = [imported.register[n] ?? null, exported.register[n] ?? null];
    if (power === null && energyIn === null && energyOut === null) return point;
    return {
      ...point,
      power_w: power,
      energy_import_wh: point.energy_import_wh ?? energyIn,
      energy_export_wh: point.energy_export_wh ?? energyOut,
      recovered: true as const,
    };
  });
