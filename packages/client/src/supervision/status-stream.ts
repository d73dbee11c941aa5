/** Reports each change: to listeners at once, to iterators when they ask. */
import type { Signal } from "@meterport/protocol/ports";

export class StatusStream<T> {
  readonly #listeners = new Set<(value: T) => void>();
  /** Undefined until somebody iterates: each of thousands of links has a stream. */
  #enders: Set<() => void> | undefined;
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
        // A listener's bug must not keep the link down: the host gets it as an unhandled rejection.
        void Promise.reject(error);
      }
    }
  }

  /** Ends the stream: no more values come, and iterations end. */
  end(): void {
    this.#ended = true;
    for (const end of [...(this.#enders ?? [])]) end();
    this.#listeners.clear();
  }

  /**
   * The value when the iteration begins, and each value from then on. A slow consumer gets the newest and misses those in
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
    const enders = this.#enders ?? new Set<() => void>();
    this.#enders = enders.add(woken);
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
      enders.delete(woken);
      signal?.removeEventListener("abort", woken);
    }
  }
}
