/** Lets live readings come first: back-fill waits for its turn before each request, so a live reading waits for one of them at most. */
import type { LinkCondition, LinkStatus } from "@meterport/client/supervision/link-status";
import type { LivePlan, MeterSource, MeterTask } from "../ports/meter-source.ts";

export class LiveFirst {
  #reading = 0;
  #waiting: (() => void)[] = [];

  /** The same source, whose live readings count. */
  watch(source: MeterSource): MeterSource {
    return new Watched(source, this);
  }

  /** Reads while all others wait. @throws what the read throws */
  async first<T>(read: () => Promise<T>): Promise<T> {
    this.#reading++;
    try {
      return await read();
    } finally {
      if (--this.#reading === 0) for (const go of this.#waiting.splice(0)) go();
    }
  }

  /** Resolves while no live reading is in progress. */
  readonly turn = async (): Promise<void> => {
    while (this.#reading > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  };
}

/** A class, since there is one for each of thousands of meters. */
class Watched implements MeterSource {
  readonly #source: MeterSource;
  readonly #order: LiveFirst;

  constructor(source: MeterSource, order: LiveFirst) {
    this.#source = source;
    this.#order = order;
  }

  start(): void {
    this.#source.start();
  }

  status(): LinkStatus {
    return this.#source.status();
  }

  condition(): LinkCondition {
    return this.#source.condition?.() ?? this.#source.status();
  }

  listen(listener: (status: LinkStatus) => void): () => void {
    return this.#source.listen(listener);
  }

  identity(): ReturnType<MeterSource["identity"]> {
    return this.#source.identity();
  }

  read(...wanted: Parameters<MeterSource["read"]>): ReturnType<MeterSource["read"]> {
    return this.#order.first(() => this.#source.read(...wanted));
  }

  events(...wanted: Parameters<MeterSource["events"]>): ReturnType<MeterSource["events"]> {
    return this.#source.events(...wanted);
  }

  ask<T>(task: MeterTask<T>): Promise<T> {
    return this.#source.ask(task);
  }

  livePlan(): LivePlan | null {
    return this.#source.livePlan?.() ?? null;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
