/** How many points are in which state. Looking at each of many thousands takes a while, so it is done in slices and at most once a second. */
import { type LinkState, linkStates } from "@meterport/client/supervision/link-status";
import { type MeterView, verdictOf } from "@meterport/engine/points/meter-view";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Meters } from "../answers.ts";

export type StateCounts = Readonly<Record<LinkState, number>>;

/** Older counts are counted again, behind the answer that still gives them. */
const freshFor: Millis = 1_000;
/** Nobody gets counts that are older. */
const validFor: Millis = 10_000;
/** Points that are looked at before others get their turn: about a millisecond. */
const slice = 1_000;

export const stateOf = (view: MeterView): LinkState => verdictOf(view).state;

interface Sweep {
  readonly states: ReadonlyMap<string, LinkState>;
  readonly counts: StateCounts;
  readonly at: Millis;
}

/** Lets the event loop serve what waits. */
export const othersFirst = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class LinkStates {
  readonly #meters: Meters;
  readonly #clock: Clock;
  #last: Sweep | undefined;
  #running: Promise<Sweep> | undefined;

  constructor(meters: Meters, clock: Clock) {
    this.#meters = meters;
    this.#clock = clock;
  }

  /** By state and by point, at most some seconds old. */
  async latest(): Promise<Sweep> {
    const last = this.#last;
    const age = last === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - last.at;
    if (last !== undefined && last.states.size === this.#meters.size && age < validFor) {
      if (age >= freshFor) void this.#sweep();
      return last;
    }
    return this.#sweep();
  }

  #sweep(): Promise<Sweep> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #look(): Promise<Sweep> {
    const at = this.#clock.now();
    const states = new Map<string, LinkState>();
    const counts = Object.fromEntries(linkStates.map((state) => [state, 0])) as Record<LinkState, number>;
    for (const view of this.#meters.values()) {
      const state = stateOf(view);
      states.set(view.id, state);
      counts[state]++;
      if (states.size % slice === 0) await othersFirst();
    }
    this.#last = { states, counts, at };
    return this.#last;
  }
}
