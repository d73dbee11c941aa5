/** Tells of each change: listeners at once, iterators when they come to ask. */
import type { Signal } from "@meterport/protocol/ports";

export class StatusStream<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #enders = new Set<() => void>();
  #ended = false;

  /** Calls `listener` for each value until the returned function is called. */
  listen(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        // Its author's mistake must not keep the link down: the host hears of it as unhandled.
        void Promise.reject(error);
      }
    }
  }

  /** No more values will come: iterations end. */
  end(): void {
    this.#ended = true;
    for (const end of [...this.#enders]) end();
    this.#listeners.clear();
  }

  /**
   * What is so when the iteration begins, and each value from then on. Who is slow gets the newest and misses those in
   * between. Ends with `signal`.
   */
  async *values(present: () => T, signal: Signal | undefined): AsyncGenerator<T, void> {
    let next: { readonly value: T } | undefined = { value: present() };
    let wake = (): void => {};
    const woken = (): void => wake();
    const off = this.listen((value) => {
      next = { value };
      wake();
    });
    this.#enders.add(woken);
    signal?.addEventListener("abort", woken, { once: true });
    try {
      while (signal?.aborted !== true) {
        if (next !== undefined) {
          const { value }: { readonly value: T } = next;
          next = undefined;
          yield value;
        } else if (this.#ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      off();
      this.#enders.delete(woken);
      signal?.removeEventListener("abort", woken);
    }
  }
}
