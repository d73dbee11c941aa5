import { Asked } from "../../state/asked.svelte.ts";
import { type Outages, outagesOf } from "../../state/outages.ts";
import type { Requests } from "../../state/requests.ts";
import { type MeterCounts, meterCountsOf } from "./meter-counts.ts";
import type { Period } from "./period.ts";
import { type QualitySeries, qualitySeriesOf, SERIES_KEYS } from "./voltage-quality.ts";

/** The table is read between live readings, over a line that may be slow. */
const METER_TIMEOUT_MS = 70_000;
const MOST_OUTAGES = 1000;

/** What the view has loaded of one metering point. */
export class QualityState {
  readonly series = new Asked<QualitySeries>();
  readonly outages = new Asked<Outages>();
  readonly counts = new Asked<MeterCounts>();

  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  loadSeries(id: string, { from, to, step }: Period, signal: AbortSignal): Promise<boolean> {
    const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
    const query = `keys=${SERIES_KEYS.join(",")}&from=${iso(from)}&to=${iso(to)}&step=${step}`;
    return this.series.ask(
      (each) => this.#requests.get(`${pathOf(id)}/series?${query}`, qualitySeriesOf, { signal: each }),
      signal,
    );
  }

  /** All that are stored, because the last one is wanted too, wherever it lies. */
  loadOutages(id: string, signal: AbortSignal): Promise<boolean> {
    const path = `${pathOf(id)}/outages?limit=${MOST_OUTAGES}`;
    return this.outages.ask((each) => this.#requests.get(path, outagesOf, { signal: each }), signal);
  }

  /** Reads the meter. */
  loadCounts(id: string, signal: AbortSignal): Promise<boolean> {
    const options = { timeout: METER_TIMEOUT_MS };
    return this.counts.ask(
      (each) => this.#requests.get(`${pathOf(id)}/quality`, meterCountsOf, { ...options, signal: each }),
      signal,
    );
  }
}

function pathOf(id: string): string {
  return `points/${encodeURIComponent(id)}`;
}
