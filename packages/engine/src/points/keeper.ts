/** Hands the values of points to the store, in order; a store that fails or falls behind never stops the live values. */
import type { Log } from "../ports/log.ts";

/** Writes that may wait: two minutes of five hundred meters at 6 s, some 10 MB. */
const mayWait = 10_000;

export class Keeper {
  readonly #log: Log;
  readonly #limit: number;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  constructor(log: Log, limit = mayWait) {
    this.#log = log;
    this.#limit = limit;
  }

  /** Does `work` once all earlier work is done, at once if there is none. `what` is for the log: "keep a reading". */
  keep(what: string, work: () => Promise<unknown>): void {
    if (this.#waiting >= this.#limit) {
      this.#failed(what, `${this.#limit} writes are already waiting for the store`);
      return;
    }
    const run = async (): Promise<void> => {
      try {
        await work();
        if (this.#problem !== undefined) this.#log.info("store: works again");
        this.#problem = undefined;
      } catch (error) {
        this.#failed(what, error instanceof Error ? error.message : String(error));
      } finally {
        this.#waiting--;
      }
    };
    const idle = this.#waiting++ === 0;
    this.#tail = idle ? run() : this.#tail.then(run);
  }

  /** Resolves when all work handed over so far is done. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** A lasting problem is logged once. */
  #failed(what: string, problem: string): void {
    if (problem !== this.#problem)
      this.#log.error(`store: cannot ${what}: ${problem}; live values go on, history has a gap`);
    this.#problem = problem;
  }
}
