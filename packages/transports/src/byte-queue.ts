/** Received bytes on their way to one consumer, in bounded memory: the peer is not trusted. */
import type { LinkError } from "@meterport/protocol/errors";

/** Bytes that may wait; a meter's longest message has 478. */
export const queueLimit = 64 * 1024;

/** What each piece costs beside its bytes, so that single bytes do not pile up as thousands of objects. */
const overhead = 64;

export class ByteQueue {
  readonly #pieces: Uint8Array[] = [];
  readonly #onRoom: () => void;
  #cost = 0;
  #end: { readonly error: LinkError | undefined } | undefined;
  #wake: (() => void) | undefined;

  /** `onRoom` is called when a queue that was full has room again. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  get full(): boolean {
    return this.#cost >= queueLimit;
  }

  /** Takes bytes that will not change again; returns whether there is room for more. */
  push(bytes: Uint8Array): boolean {
    if (this.#end === undefined && bytes.length > 0) {
      this.#pieces.push(bytes);
      this.#cost += bytes.length + overhead;
      this.#wake?.();
    }
    return !this.full;
  }

  /** No more bytes will come. Waiting bytes are still handed out, then the error is thrown, if any. */
  end(error?: LinkError): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** For one consumer. Not an async generator, which takes a dozen promises for each piece. */
  chunks(): AsyncIterableIterator<Uint8Array, undefined> {
    let over = false;
    let waiting: Promise<IteratorResult<Uint8Array, undefined>> | undefined;
    const finish = (): IteratorReturnResult<undefined> => {
      over = true;
      return { done: true, value: undefined };
    };
    /** Undefined if nothing is there yet. @throws LinkError */
    const take = (): IteratorResult<Uint8Array, undefined> | undefined => {
      if (over) return finish();
      const piece = this.#take();
      if (piece !== undefined) return { done: false, value: piece };
      if (this.#end === undefined) return undefined;
      const end = finish();
      if (this.#end.error !== undefined) throw this.#end.error;
      return end;
    };
    let resolve: (there: IteratorResult<Uint8Array, undefined>) => void;
    let reject: (error: unknown) => void;
    const hold: ConstructorParameters<typeof Promise<IteratorResult<Uint8Array, undefined>>>[0] = (yes, no) => {
      [resolve, reject] = [yes, no];
    };
    const woken = (): void => {
      this.#wake = undefined;
      waiting = undefined;
      try {
        const there = take();
        if (there !== undefined) resolve(there);
      } catch (error) {
        reject(error);
      }
    };
    const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
      // One after the other, in the order in which they were asked for.
      if (waiting !== undefined) return waiting.then(next, next);
      try {
        const there = take();
        if (there !== undefined) return Promise.resolve(there);
      } catch (error) {
        return Promise.reject(error);
      }
      waiting = new Promise(hold);
      this.#wake = woken;
      return waiting;
    };
    return {
      next,
      return: async () => finish(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #take(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) return undefined;
    const wasFull = this.full;
    this.#cost -= piece.length + overhead;
    if (wasFull && !this.full) this.#onRoom();
    return piece;
  }
}
