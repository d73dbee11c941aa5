/** Live values that are given away together: bounded, the newest last. */
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface LiveBatchOptions<T> {
  readonly clock: Clock;
  /** How long values are collected. */
  readonly every: Millis;
  /** Values at once; twice as many wait at most. */
  readonly most: number;
  readonly send: (values: readonly T[]) => Promise<void>;
  readonly sent: (count: number) => void;
  readonly skipped: (count: number) => void;
  readonly failed: (error: unknown) => void;
}

/** While a slow consumer takes what it was given, the oldest of what waits makes room. */
export class LiveBatch<T> {
  readonly #options: LiveBatchOptions<T>;
  #waiting: T[] = [];
  #sending = false;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(options: LiveBatchOptions<T>) {
    this.#options = options;
  }

  add(value: T): void {
    if (this.#stopped) return;
    const { most, skipped } = this.#options;
    this.#waiting.push(value);
    if (this.#waiting.length >= 2 * most) {
      this.#waiting = this.#waiting.slice(most);
      skipped(most);
    }
    if (this.#waiting.length >= most) this.#flush();
    else this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#waiting = [];
  }

  #arm(): void {
    if (this.#cancel !== undefined || this.#sending || this.#stopped) return;
    const { clock, every } = this.#options;
    this.#cancel = clock.at(clock.now() + every, () => this.#flush());
  }

  #flush(): void {
    if (this.#sending || this.#stopped) return;
    const { most, send, sent, failed } = this.#options;
    this.#cancel?.();
    this.#cancel = undefined;
    const some = this.#waiting.splice(0, most);
    this.#sending = true;
    send(some)
      .then(() => sent(some.length), failed)
      .finally(() => {
        this.#sending = false;
        if (this.#waiting.length > 0) this.#arm();
      });
  }
}
