import type { Signal } from "@meterport/protocol/ports";

/** A signal that its owner raises, for hosts that may lack `AbortController`. */
export class StopSignal implements Signal {
  /** Undefined while nobody listens, as to most signals. Few ever do: a set would take more memory. */
  #listeners: (() => void)[] | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (this.#listeners === undefined) this.#listeners = [listener];
    else if (!this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }

  /** Calls the listeners, once. */
  raise(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }
}
