/**
 * Reads something from a meter on request, and rarely enough that requests cannot burden the meter: what was read stays valid for
 * a while, one read runs at a time, and after a failure the meter rests.
 */
import { MeterportError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface RestedReaderOptions<T> {
  readonly clock: Clock;
  /** Reads from the meter; `size` is how much of it, if there are several sizes. */
  readonly read: (size: number) => Promise<T>;
  /** How long a value stays valid. */
  readonly goodFor: Millis;
  /** Time without a read after one that failed. */
  readonly restAfterFailure: Millis;
  /** The size that a value of `size` really has: more if that was all there is. */
  readonly covers?: ((value: T, size: number) => number) | undefined;
}

/** A value, and when it was read: Unix milliseconds. */
export interface Rested<T> {
  readonly time: Millis;
  readonly value: T;
}

export class RestedReader<T> {
  readonly #options: RestedReaderOptions<T>;
  #kept: (Rested<T> & { readonly size: number; readonly until: Millis }) | undefined;
  #reading: { readonly size: number; readonly result: Promise<Rested<T>> } | undefined;
  #failure: { readonly error: unknown; readonly until: Millis } | undefined;

  constructor(options: RestedReaderOptions<T>) {
    this.#options = options;
  }

  /**
   * What was read last, if it is young and large enough, else what is read now.
   *
   * @throws what the read throws; the same error again while the meter rests after it
   */
  async read(size = 1): Promise<Rested<T>> {
    for (;;) {
      const now = this.#options.clock.now();
      const kept = this.#kept;
      if (kept !== undefined && now < kept.until && kept.size >= size) return kept;
      if (this.#reading === undefined) {
        if (this.#failure !== undefined && now < this.#failure.until) throw this.#failure.error;
        this.#reading = { size, result: this.#readNow(size) };
      }
      const { size: underWay, result } = this.#reading;
      if (underWay >= size) return result;
      // A smaller read is in progress: the meter is asked one thing at a time.
      await result.catch(() => {});
    }
  }

  /** Whether nothing is kept or running that a new reader would lose. */
  get idle(): boolean {
    return this.#reading === undefined;
  }

  async #readNow(size: number): Promise<Rested<T>> {
    const { clock, read, covers, goodFor, restAfterFailure } = this.#options;
    try {
      const value = await read(size);
      const until = clock.now() + goodFor;
      this.#kept = { time: clock.wall(), value, size: covers?.(value, size) ?? size, until };
      this.#failure = undefined;
      return this.#kept;
    } catch (error) {
      if (error instanceof MeterportError) this.#failure = { error, until: clock.now() + restAfterFailure };
      throw error;
    } finally {
      this.#reading = undefined;
    }
  }
}
