/** History by periods of different lengths, put together from stored hours, and from intervals where nothing was read. */

import { maxPoints } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import { recoveredFromSums, withRecovered } from "@meterport/engine/intervals/recovered";
import type { Millis } from "@meterport/protocol/ports";
import { type HistoryStore, recoveredHistory } from "../history/recovered-history.ts";

/** Eleven years of hours. */
const mostSteps = 100_000;

const hour: Millis = 3_600_000;
const quarter: Millis = 900_000;

/** Seconds of the longest stored step that fits between all bounds: quarters in zones that are not whole hours from UTC. */
const stepOf = (bounds: readonly Millis[]): Millis => (bounds.every((bound) => bound % hour === 0) ? hour : quarter);

/** Adds up the points of one period. */
class Adder {
  #sum = 0;
  #count = 0;
  #low: number | null = null;
  #high: number | null = null;
  #import: number | null = null;
  #export: number | null = null;
  #recovered = false;
  /** The last step that intervals filled, if no register was read since. */
  #openEnd: Millis | null = null;

  add({ time, power_w, power_min_w, power_max_w, energy_import_wh, energy_export_wh, recovered }: HistoryPoint): void {
    if (power_w !== null) {
      this.#sum += power_w;
      this.#count++;
    }
    if (power_min_w !== null) this.#low = Math.min(this.#low ?? power_min_w, power_min_w);
    if (power_max_w !== null) this.#high = Math.max(this.#high ?? power_max_w, power_max_w);
    this.#import = energy_import_wh ?? this.#import;
    this.#export = energy_export_wh ?? this.#export;
    if (recovered) {
      this.#recovered = true;
      this.#openEnd = Date.parse(time);
    } else if (energy_import_wh !== null) this.#openEnd = null;
  }

  /** Start of the step at whose end the intervals know the registers better; null if readings do. */
  get openEnd(): Millis | null {
    return this.#openEnd;
  }

  point(from: Millis): HistoryPoint {
    return {
      ...(this.#recovered ? { recovered: true as const } : {}),
      time: new Date(from).toISOString(),
      power_w: this.#count === 0 ? null : this.#sum / this.#count,
      power_min_w: this.#low,
      power_max_w: this.#high,
      energy_import_wh: this.#import,
      energy_export_wh: this.#export,
    };
  }
}

/** More than end in an hour. */
const mostIntervals = 60;

/** The state of a register at the end of a step that intervals filled. */
const registerIn = async (
  store: Pick<HistoryStore, "intervals">,
  point: string,
  channel: string,
  from: Millis,
  step: Millis,
): Promise<number | null> => {
  const found = await store.intervals(point, { channel, from, to: from + step, limit: mostIntervals });
  return found.findLast(({ register }) => register !== null)?.register ?? null;
};

/** Where readings ended before the period did, the registers are those of the last interval. */
const withLastRegisters = async (
  store: Pick<HistoryStore, "intervals">,
  id: string,
  point: HistoryPoint,
  openEnd: Millis | null,
  step: Millis,
): Promise<HistoryPoint> => {
  if (openEnd === null) return point;
  return {
    ...point,
    energy_import_wh: (await registerIn(store, id, "energy_import_wh", openEnd, step)) ?? point.energy_import_wh,
    energy_export_wh: (await registerIn(store, id, "energy_export_wh", openEnd, step)) ?? point.energy_export_wh,
  };
};

/** Periods without any value, from intervals that are longer than a step. */
const withLongIntervals = async (
  store: Pick<HistoryStore, "intervalSums">,
  id: string,
  points: readonly HistoryPoint[],
  bounds: readonly Millis[],
): Promise<readonly HistoryPoint[]> => {
  if (points.every(({ power_w }) => power_w !== null)) return points;
  const [imported, exported] = await Promise.all(
    (["energy_import_wh", "energy_export_wh"] as const).map(async (channel) =>
      recoveredFromSums(await store.intervalSums(id, channel, bounds)),
    ),
  );
  return imported === undefined || exported === undefined ? points : withRecovered(points, 0, imported, exported);
};

/** One point for each pair of neighbouring bounds, or one sentence if that is too much work. */
export const periodHistory = async (
  store: HistoryStore,
  point: string,
  bounds: readonly Millis[],
): Promise<readonly HistoryPoint[] | string> => {
  const [from, to] = [bounds[0] ?? 0, bounds.at(-1) ?? 0];
  const step = stepOf(bounds);
  const steps = (to - from) / step;
  if (steps > mostSteps) return `the range has more than ${mostSteps} stored steps: ask for a shorter one`;
  const adders = bounds.slice(1).map(() => new Adder());
  let period = 0;
  // In pieces, so that the store serves others in between.
  for (let start = from; start < to; start += maxPoints * step) {
    const count = Math.min(maxPoints, Math.round((to - start) / step));
    for (const each of await recoveredHistory(store, point, { from: start, step: step / 1000, count })) {
      while (Date.parse(each.time) >= (bounds[period + 1] ?? Number.POSITIVE_INFINITY)) period++;
      adders[period]?.add(each);
    }
  }
  const points: HistoryPoint[] = [];
  for (const [n, adder] of adders.entries())
    points.push(await withLastRegisters(store, point, adder.point(bounds[n] as Millis), adder.openEnd, step));
  return withLongIntervals(store, point, points, bounds);
};
