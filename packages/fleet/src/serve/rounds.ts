/** Work that is done again and again, never twice at a time, and whose failure is told once until it succeeds. */
import type { Clock, Millis } from "@meterport/protocol/ports";

export class Rounds {
  readonly #clock: Pick<Clock, "now" | "at">;
  readonly #tell: (sentence: string) => void;
  readonly #cancels = new Set<() => void>();
  readonly #working = new Set<Promise<void>>();
  readonly #problems = new Map<string, string>();
  #isStopped = false;

  /** @param tell takes what fails, as one sentence */
  constructor(clock: Pick<Clock, "now" | "at">, tell: (sentence: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** @param name of the work, so that the failure of one says nothing about another */
  every(period: Millis, name: string, work: () => Promise<void>): void {
    let cancel = (): void => {};
    const arm = (): void => {
      this.#cancels.delete(cancel);
      if (this.#isStopped) return;
      cancel = this.#clock.at(this.#clock.now() + period, () => {
        const working = this.#once(name, work).then(arm);
        this.#working.add(working);
        void working.then(() => this.#working.delete(working));
      });
      this.#cancels.add(cancel);
    };
    arm();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
    await Promise.all([...this.#working]);
  }

  async #once(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problems.delete(name);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (this.#problems.get(name) !== text && !this.#isStopped) this.#tell(`${name}: ${text}`);
      this.#problems.set(name, text);
    }
  }
}
