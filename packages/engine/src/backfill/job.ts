/** What all jobs of back-fill share: when they run, and what they run on. */
import { isUsable } from "@meterport/client/supervision/link-status";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { PointJob } from "../plan/point-job.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store } from "../ports/store.ts";

/** A job that may be wanted before it is due. */
export interface BackfillJob extends PointJob {
  /** Something new is there: it is read as soon as the line is idle. */
  soon(): void;
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

/** When a job runs next: after a rest, while its link works. */
export class JobTimer {
  readonly #source: BackfillDeps["source"];
  readonly #clock: Clock;
  #next: Millis;

  /** `first` is the time until the first run. */
  constructor({ source, clock }: Pick<BackfillDeps, "source" | "clock">, first: Millis = 0) {
    this.#source = source;
    this.#clock = clock;
    this.#next = clock.now() + first;
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
