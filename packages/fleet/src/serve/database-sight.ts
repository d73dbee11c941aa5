/** Whether the fleet's database answers, for `GET /ready`. */
import type { Readiness } from "@meterport/gateway/http/companion-api";
import type { Clock, Millis } from "@meterport/protocol/ports";

/** Without an answer for so long, something is wrong. */
const silentFor: Millis = 30_000;

export class DatabaseSight {
  readonly #clock: Pick<Clock, "now">;
  /** When it answered last, on the monotonic clock. */
  #seen: Millis;
  #problem: string | null = null;

  /** @param clock it has just answered */
  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#seen = clock.now();
  }

  seen(): void {
    this.#seen = this.#clock.now();
    this.#problem = null;
  }

  /** @param problem one sentence */
  failed(problem: string): void {
    this.#problem = problem;
  }

  /** @param figures more of them */
  ready(figures: Readiness["figures"] = {}): Readiness {
    const silent = this.#clock.now() - this.#seen;
    const isSeen = silent <= silentFor;
    return {
      ...{ name: "database", ready: isSeen, figures: { silent_s: Math.round(silent / 1_000), ...figures } },
      problem: isSeen ? this.#problem : (this.#problem ?? "the database of the fleet does not answer"),
    };
  }
}
