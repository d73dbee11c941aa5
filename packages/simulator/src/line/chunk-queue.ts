/** Bytes on their way to one consumer. */

/**
 * Chunks for one consumer: what is pushed can be iterated, until `close`.
 *
 * @example
 * const queue = new ChunkQueue();
 * queue.push(Uint8Array.of(1));
 * queue.length // 1
 */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #closed = false;

  /** Chunks that have not been taken yet. */
  get length(): number {
    return this.#chunks.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Ignored after `close`. */
  push(chunk: Uint8Array): void {
    if (this.#closed || chunk.length === 0) return;
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#chunks.push(chunk);
      return;
    }
    this.#waiting = undefined;
    waiting({ done: false, value: chunk });
  }

  /** Ends the iteration once everything pushed before has been taken. */
  close(): void {
    this.#closed = true;
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => {
        const value = this.#chunks.shift();
        if (value !== undefined) return Promise.resolve({ done: false, value });
        if (this.#closed) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve) => {
          this.#waiting = resolve;
        });
      },
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}
