import type { Signal } from "@meterport/protocol/ports";

/** A signal that its owner raises, for hosts that may lack `AbortController`. */
export class StopSignal implements Signal {
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  readonly addEventListener = (_type: "abort", listener: () => void): void => {
    this.#listeners.add(listener);
  };

  readonly removeEventListener = (_type: "abort", listener: () => void): void => {
    this.#listeners.delete(listener);
  };

  /** Calls the listeners, once. */
  raise(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
