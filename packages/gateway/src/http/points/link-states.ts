/** How many points are in which state: counted at most once a second, because it looks at each of them. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Meters } from "../answers.ts";

export const linkStates = [
  "up",
  "degraded",
  "connecting",
  "paused",
  "refused",
  "silent",
] as const satisfies readonly LinkState[];

export type StateCounts = Readonly<Record<LinkState, number>>;

const validFor: Millis = 1_000;

export const stateOf = (view: MeterView): LinkState => view.state?.() ?? view.summary().link.state;

export class LinkStates {
  readonly #meters: Meters;
  readonly #clock: Clock;
  #counted: { readonly counts: StateCounts; readonly size: number; readonly until: Millis } | undefined;

  constructor(meters: Meters, clock: Clock) {
    this.#meters = meters;
    this.#clock = clock;
  }

  counts(): StateCounts {
    const now = this.#clock.now();
    const kept = this.#counted;
    if (kept !== undefined && now < kept.until && kept.size === this.#meters.size) return kept.counts;
    const counts = Object.fromEntries(linkStates.map((state) => [state, 0])) as Record<LinkState, number>;
    for (const view of this.#meters.values()) counts[stateOf(view)]++;
    this.#counted = { counts, size: this.#meters.size, until: now + validFor };
    return counts;
  }
}
