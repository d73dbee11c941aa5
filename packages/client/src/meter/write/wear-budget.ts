/** Counts writes that wear a meter's memory, across restarts if the store remembers. */
import { UsageError } from "@meterport/protocol/errors";
import type { Profile } from "@meterport/protocol/layout/index";
import type { Clock } from "@meterport/protocol/ports";
import { OneAtATime } from "../../session/one-at-a-time.ts";
import { admit, type WearState, wears } from "./wear.ts";

/** Keeps the wear of one meter. What `load` gives is checked: it need not be what was saved. */
export interface WearStore {
  /** `undefined` if nothing was saved yet. */
  readonly load: () => Promise<WearState | undefined>;
  /** Called before a write is sent, so that one whose answer is lost counts too. */
  readonly save: (state: WearState) => Promise<void>;
}

/** A store that forgets with the program. */
export const memoryWearStore = (): WearStore => {
  let kept: WearState | undefined;
  return {
    load: async () => kept,
    save: async (state) => {
      kept = state;
    },
  };
};

/** The wear budget of one meter. */
export class WearBudget {
  readonly #store: WearStore;
  readonly #clock: Clock;
  readonly #profile: Profile;
  readonly #turns = new OneAtATime();

  constructor(store: WearStore, clock: Clock, profile: Profile) {
    this.#store = store;
    this.#clock = clock;
    this.#profile = profile;
  }

  /**
   * Counts one write to each of `tables` (numbers, repeated for each message), or none of them.
   *
   * @throws UsageError (`wear`), which says when they are allowed
   */
  async spend(tables: readonly number[], label: string): Promise<void> {
    const count = tables.filter((table) => wears(table, this.#profile)).length;
    if (count === 0) return;
    await this.#turns.run(async () => {
      const admission = admit(believable(await this.#store.load()), count, this.#clock.wall());
      if (!admission.ok) throw refusal(label, count, admission.at);
      await this.#store.save(admission.state);
    });
  }
}

const believable = (state: unknown): WearState => {
  const writes = (state as Partial<WearState> | undefined)?.writes;
  return { writes: Array.isArray(writes) ? writes.filter((time) => typeof time === "number") : [] };
};

const refusal = (label: string, count: number, at: number | undefined): UsageError => {
  const budget = "4 writes an hour and 100 a day spare the meter's memory";
  const next = count === 1 ? "the next one" : `the next ${count}`;
  return new UsageError(
    "wear",
    at === undefined
      ? `${label}: it takes ${count} writes at once, but ${budget}`
      : `${label}: ${budget}; ${next} may be sent from ${new Date(at).toISOString()} on`,
  );
};
