/** Lets live readings come first: back-fill waits for its turn before each request, so a live reading waits for one of them at most. */
import type { MeterSource } from "../ports/meter-source.ts";

export class LiveFirst {
  #reading = 0;
  #waiting: (() => void)[] = [];

  /** The same source, whose live readings count. */
  watch(source: MeterSource): MeterSource {
    return {
      start: () => source.start(),
      status: () => source.status(),
      condition: () => source.condition?.() ?? source.status(),
      listen: (listener) => source.listen(listener),
      identity: () => source.identity(),
      read: async (...wanted) => {
        this.#reading++;
        try {
          return await source.read(...wanted);
        } finally {
          if (--this.#reading === 0) for (const go of this.#waiting.splice(0)) go();
        }
      },
      events: (...wanted) => source.events(...wanted),
      ask: (task) => source.ask(task),
      livePlan: () => source.livePlan?.() ?? null,
      close: () => source.close(),
    };
  }

  /** Resolves while no live reading is in progress. */
  readonly turn = async (): Promise<void> => {
    while (this.#reading > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  };
}
