import type { Signal } from "@meterport/protocol/ports";

/** A signal and who raises it, for where the host's own may be missing. */
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

  /** Calls whoever listens, once. */
  raise(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
