/** History by periods of different lengths, put together from stored hours. */

import { maxPoints } from "@meterport/engine/history/history-grid";
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { Store } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";

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

  add({ power_w, power_min_w, power_max_w, energy_import_wh, energy_export_wh }: HistoryPoint): void {
    if (power_w !== null) {
      this.#sum += power_w;
      this.#count++;
    }
    if (power_min_w !== null) this.#low = Math.min(this.#low ?? power_min_w, power_min_w);
    if (power_max_w !== null) this.#high = Math.max(this.#high ?? power_max_w, power_max_w);
    this.#import = energy_import_wh ?? this.#import;
    this.#export = energy_export_wh ?? this.#export;
  }

  point(from: Millis): HistoryPoint {
    return {
      time: new Date(from).toISOString(),
      power_w: this.#count === 0 ? null : this.#sum / this.#count,
      power_min_w: this.#low,
      power_max_w: this.#high,
      energy_import_wh: this.#import,
      energy_export_wh: this.#export,
    };
  }
}

/** One point for each pair of neighbouring bounds, or one sentence if that is too much work. */
export const periodHistory = async (
  store: Pick<Store, "history">,
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
    for (const each of await store.history(point, { from: start, step: step / 1000, count })) {
      while (Date.parse(each.time) >= (bounds[period + 1] ?? Number.POSITIVE_INFINITY)) period++;
      adders[period]?.add(each);
    }
  }
  return adders.map((adder, n) => adder.point(bounds[n] as Millis));
};
