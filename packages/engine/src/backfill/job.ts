/** What all jobs of back-fill share: when they run, and what they run on. */
import { isUsable } from "@meterport/client/supervision/link-status";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { PointJob } from "../plan/point-job.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store } from "../ports/store.ts";

/** A job that can be ended. */
export interface BackfillJob extends PointJob {
  /** Stops listening to the link. */
  readonly close: () => void;
}

export interface BackfillDeps {
  /** Id of the metering point. */
  readonly point: string;
  /** IANA zone of the point, which is also that of the meter's local clock. */
  readonly zone: string;
  readonly source: Pick<MeterSource, "ask" | "status" | "condition" | "listen" | "identity">;
  readonly store: Pick<Store, "write" | "intervals" | "registers" | "devices" | "events" | "memo">;
  readonly clock: Clock;
  /** Awaited before each request for blocks: `LiveFirst.turn`. */
  readonly before?: (() => Promise<void>) | undefined;
  /** Told what was read, when it is more than what passes between two rounds. */
  readonly log?: Pick<Log, "info"> | undefined;
}

export interface JobTimerOptions {
  /** Time until the first run, which then does not begin at once when the link comes back either. */
  readonly first?: Millis | undefined;
}

/** When a job runs next: after a rest, and at once when its link comes back. */
export class JobTimer {
  readonly #source: BackfillDeps["source"];
  readonly #clock: Clock;
  #next: Millis;
  #answering: boolean;
  readonly close: () => void;

  constructor({ source, clock }: Pick<BackfillDeps, "source" | "clock">, { first }: JobTimerOptions = {}) {
    this.#source = source;
    this.#clock = clock;
    this.#next = clock.now() + (first ?? 0);
    this.#answering = source.status().answering;
    this.close = source.listen(({ answering }) => {
      // What happened meanwhile is what back-fill is for.
      if (answering && !this.#answering && first === undefined) this.soon();
      this.#answering = answering;
    });
  }

  due(): Millis | undefined {
    const { state, answering } = this.#source.condition?.() ?? this.#source.status();
    return answering && isUsable(state) ? this.#next : undefined;
  }

  soon(): void {
    this.#next = this.#clock.now();
  }

  after(rest: Millis): void {
    this.#next = this.#clock.now() + rest;
  }
}
