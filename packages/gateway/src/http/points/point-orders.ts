/** Orders of the list of points. Each takes a look at every point, so it is made in slices and kept for some seconds. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Meters } from "../answers.ts";
import { othersFirst } from "./link-states.ts";
import type { PointInfoOf } from "./point-info.ts";

export const pointSorts = ["configured", "name", "group", "state", "power"] as const;
export type PointSort = (typeof pointSorts)[number];

const validFor: Millis = 10_000;
/** Points that are looked at before others get their turn. */
const slice = 1_000;

/** What needs a look comes first. */
export const worstFirst: readonly LinkState[] = ["refused", "silent", "degraded", "connecting", "paused", "up"];

interface Order {
  readonly at: Millis;
  readonly ids: readonly string[];
}

interface Keyed {
  readonly id: string;
  readonly key: string | number;
}

/** "Flat 10" comes after "Flat 9". */
const nameKey = (name: string): string => name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));

const lastOfTexts = "\u{10ffff}";

export interface PointOrdersOptions {
  readonly meters: Meters;
  readonly pointInfo: PointInfoOf;
  readonly clock: Clock;
}

export class PointOrders {
  readonly #options: PointOrdersOptions;
  readonly #kept = new Map<PointSort, Promise<Order>>();

  constructor(options: PointOrdersOptions) {
    this.#options = options;
  }

  /** All points in an order. Points that came within the last seconds may still be missing from it. */
  async ordered(sort: PointSort, states: ReadonlyMap<string, LinkState>): Promise<readonly MeterView[]> {
    const { meters, clock } = this.#options;
    if (sort === "configured") return [...meters.values()];
    const kept = await this.#kept.get(sort);
    const isFresh = kept !== undefined && clock.now() - kept.at < validFor && kept.ids.length === meters.size;
    const { ids } = isFresh ? kept : await this.#begin(sort, states);
    return ids.flatMap((id) => meters.get(id) ?? []);
  }

  #begin(sort: PointSort, states: ReadonlyMap<string, LinkState>): Promise<Order> {
    const order = this.#make(sort, states);
    this.#kept.set(sort, order);
    order.catch(() => this.#kept.delete(sort));
    return order;
  }

  async #make(sort: PointSort, states: ReadonlyMap<string, LinkState>): Promise<Order> {
    const at = this.#options.clock.now();
    const keyed: Keyed[] = [];
    for (const view of this.#options.meters.values()) {
      keyed.push({ id: view.id, key: this.#keyOf(view, sort, states) });
      if (keyed.length % slice === 0) await othersFirst();
    }
    // Sorting keeps the configured order of equals.
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return { at, ids: keyed.map(({ id }) => id) };
  }

  #keyOf(view: MeterView, sort: PointSort, states: ReadonlyMap<string, LinkState>): string | number {
    if (sort === "state") return worstFirst.indexOf(states.get(view.id) ?? "connecting");
    if (sort === "power") return -(view.live().power_w ?? Number.NEGATIVE_INFINITY);
    const name = nameKey(view.name ?? view.summary().name);
    if (sort === "name") return name;
    const group = this.#options.pointInfo(view.id)?.group ?? null;
    return `${group === null ? lastOfTexts : nameKey(group)}\n${name}`;
  }
}
