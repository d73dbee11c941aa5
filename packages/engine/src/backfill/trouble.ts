/** Why the meter's memory cannot be read, for the user: one event, not one for each attempt. */

import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import type { Clock } from "@meterport/protocol/ports";
import { foundEvent } from "../model/point-event.ts";
import type { Store } from "../ports/store.ts";

/**
 * - `none`: the meter has no load profile; `unused`: none of its data sets records a counter.
 * - `unit-unknown`: it records energies, but does not say in which unit.
 * - `refused`: the key may not read it; `unreadable`: its tables contradict each other.
 * - `clock`: the meter's clock and ours disagree, so its times are in doubt; `future`: they disagree by more than a day.
 */
export type ProfileTrouble = "none" | "unused" | "unit-unknown" | "refused" | "unreadable" | "clock" | "future";

/** What a failed request says about the tables that it was for; undefined if it says nothing, such as that the link has failed. */
export const troubleOf = (error: unknown): ProfileTrouble | undefined => {
  if (error instanceof LayoutError) return "unreadable";
  if (!(error instanceof ResponseError)) return undefined;
  return error.code === "no-such-table" ? "none" : "refused";
};

export interface TroubleTellerDeps {
  readonly point: string;
  readonly store: Pick<Store, "write" | "memo">;
  readonly clock: Pick<Clock, "wall">;
}

/** Tells of a trouble when it begins, also over restarts. */
export class TroubleTeller {
  readonly #deps: TroubleTellerDeps;
  readonly #what: string;
  #told: string | null | undefined;

  /** `what` it is with: "load-profile". */
  constructor(deps: TroubleTellerDeps, what: string) {
    this.#deps = deps;
    this.#what = what;
  }

  get #memo(): string {
    return `${this.#what}-trouble`;
  }

  async tell(trouble: string, detail: object): Promise<void> {
    const { point, store, clock } = this.#deps;
    if ((await this.#last()) === trouble) return;
    await store.write({
      events: [foundEvent(point, `${this.#what}-${trouble}`, clock.wall(), detail)],
      memos: [{ point, name: this.#memo, text: trouble }],
    });
    this.#told = trouble;
  }

  /** All is well: the same trouble is told again if it comes back. */
  async settle(): Promise<void> {
    const { point, store } = this.#deps;
    if ((await this.#last()) === null) return;
    await store.write({ memos: [{ point, name: this.#memo, text: null }] });
    this.#told = null;
  }

  async #last(): Promise<string | null> {
    const { point, store } = this.#deps;
    if (this.#told === undefined) this.#told = (await store.memo(point, this.#memo)) ?? null;
    return this.#told;
  }
}
