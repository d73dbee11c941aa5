import { Asked } from "../../state/asked.svelte.ts";
import { type Child, childrenOf } from "../../state/child-answers.ts";
import { type Outages, outagesOf } from "../../state/outages.ts";
import type { Answer, Requests } from "../../state/requests.ts";
import type { EnergyInterval } from "./day-answers.ts";
import {
  type CostToday,
  costOf,
  dayOf,
  intervalsOf,
  type LocalDay,
  type Prices,
  pricedOf,
  pricesOf,
} from "./day-answers.ts";

/** The energy of today, as far as its intervals are over. */
export interface Today extends LocalDay {
  readonly imported: readonly EnergyInterval[];
  readonly exported: readonly EnergyInterval[];
}

const QUARTER_MS = 900_000;

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** What the view shows of today beside live values, of one metering point. */
export class DayState {
  readonly today = new Asked<Today>();
  readonly cost = new Asked<CostToday>();
  readonly prices = new Asked<Prices>();
  readonly outages = new Asked<Outages>();
  readonly children = new Asked<readonly Child[]>();

  readonly #requests: Requests;
  /** Whether the point has prices; null until the gateway has said it. A question for prices that are not there is an error. */
  #priced: boolean | null = null;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  clear(): void {
    for (const asked of [this.today, this.cost, this.prices, this.outages, this.children]) asked.clear();
    this.#priced = null;
  }

  /** Loads everything; true if nothing failed. */
  async load(id: string, signal: AbortSignal): Promise<boolean> {
    const { get, time } = this.#requests;
    const point = `points/${encodeURIComponent(id)}`;
    const now = time();
    const day = `sum=day&from=${iso(now - 1000)}&to=${iso(now)}`;
    const done = await Promise.all([
      this.today.ask((each) => this.#today(point, day, each), signal),
      this.outages.ask((each) => get(`${point}/outages?limit=1`, outagesOf, { signal: each }), signal),
      this.children.ask(
        (each) => get(`children?parent=${encodeURIComponent(id)}&limit=16`, childrenOf, { signal: each }),
        signal,
      ),
      this.#money(point, day, now, signal),
    ]);
    return done.every(Boolean);
  }

  async #money(point: string, day: string, now: number, signal: AbortSignal): Promise<boolean> {
    const { get } = this.#requests;
    if (this.#priced === null) {
      const answer = await get(point, pricedOf, { signal });
      if (!answer.ok || signal.aborted) return false;
      this.#priced = answer.value;
    }
    if (!this.#priced) return true;
    const quarter = Math.floor(now / QUARTER_MS) * QUARTER_MS;
    const range = `from=${iso(quarter)}&to=${iso(quarter + 4 * QUARTER_MS)}`;
    const done = await Promise.all([
      this.cost.ask((each) => get(`${point}/costs?${day}`, costOf, { signal: each }), signal),
      this.prices.ask((each) => get(`${point}/prices?${range}`, pricesOf, { signal: each }), signal),
    ]);
    return done.every(Boolean);
  }

  async #today(point: string, day: string, signal: AbortSignal): Promise<Answer<Today>> {
    const { get } = this.#requests;
    const local = await get(`${point}/intervals?${day}`, dayOf, { signal });
    if (!local.ok) return local;
    const { from, to } = local.value;
    const range = `from=${iso(from)}&to=${iso(to)}`;
    const [imported, exported] = await Promise.all(
      ["energy_import_wh", "energy_export_wh"].map((channel) =>
        get(`${point}/intervals?channel=${channel}&${range}&limit=1000`, intervalsOf, { signal }),
      ),
    );
    if (!imported?.ok) return imported as Answer<Today>;
    if (!exported?.ok) return exported as Answer<Today>;
    return { ok: true, value: { ...local.value, imported: imported.value, exported: exported.value } };
  }
}
