/** A history whose holes are filled from intervals. */
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import {
  type RecoveredSteps,
  recoveredFromIntervals,
  recoveredFromSums,
  withRecovered,
} from "@meterport/engine/intervals/recovered";
import type { Store } from "@meterport/engine/ports/store";

export type HistoryStore = Pick<Store, "history" | "intervals" | "intervalSums">;

/** Steps of at least this many seconds are summed by the store. */
const usualInterval = 900;
/** A grid of shorter steps has no more intervals, at the shortest interval of a load profile. */
const mostIntervals = 30_000;

/** Whether a channel has any interval in the range of a grid. */
const hasAny = async (store: HistoryStore, point: string, channel: string, grid: HistoryGrid): Promise<boolean> => {
  const { from, step, count } = grid;
  const sums = await store.intervalSums(point, channel, [from, from + count * step * 1000]);
  return sums.some(({ seconds }) => seconds > 0);
};

const stepsOf = async (
  store: HistoryStore,
  point: string,
  channel: string,
  grid: HistoryGrid,
): Promise<RecoveredSteps> => {
  const { from, step, count } = grid;
  const width = step * 1000;
  if (step >= usualInterval) {
    const bounds = Array.from({ length: count + 1 }, (_, n) => from + n * width);
    return recoveredFromSums(await store.intervalSums(point, channel, bounds));
  }
  // The last interval may end after the grid, at most an hour.
  const range = { from, to: from + count * width + 3_600_000 };
  return recoveredFromIntervals(grid, await store.intervals(point, { channel, ...range, limit: mostIntervals }));
};

/** The points of a grid; asks for intervals only if readings are missing. */
export const recoveredHistory = async (
  store: HistoryStore,
  point: string,
  grid: HistoryGrid,
): Promise<readonly HistoryPoint[]> => {
  const points = await store.history(point, grid);
  const isHole = ({ power_w }: HistoryPoint): boolean => power_w === null;
  const first = points.findIndex(isHole);
  if (first < 0) return points;
  const holes: HistoryGrid = {
    ...grid,
    from: grid.from + first * grid.step * 1000,
    count: points.findLastIndex(isHole) - first + 1,
  };
  // One sum costs little beside one for each step, and years before the first reading have nothing.
  if (grid.step >= usualInterval && !(await hasAny(store, point, "energy_import_wh", holes))) return points;
  const [imported, exported] = await Promise.all([
    stepsOf(store, point, "energy_import_wh", holes),
    stepsOf(store, point, "energy_export_wh", holes),
  ]);
  return withRecovered(points, first, imported, exported);
};
