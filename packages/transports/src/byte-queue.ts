/** Received bytes on their way to one consumer, in bounded memory: the peer is not trusted. */
import type { LinkError } from "@meterport/protocol/errors";
import type { Chunks, Receiver } from "@meterport/protocol/ports";

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
  #iterating: AsyncIterator<Uint8Array, undefined> | undefined;
  /** Gets the pieces as they come, if somebody wanted them that way. */
  #receiver: Receiver | undefined;
  /** Whether the receiver has had enough for now. */
  #resting = true;

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
      if (this.#receiver !== undefined && !this.#resting && this.#pieces.length === 0) {
        this.#resting = !this.#receiver.take(bytes);
        return true;
      }
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
    if (!this.#resting) this.#handOn();
  }

  /** For one consumer. */
  chunks(): Chunks {
    return { [Symbol.asyncIterator]: () => (this.#iterating ??= this.#iterator()), handTo: this.#handTo };
  }

  readonly #handTo = (receiver: Receiver): (() => void) => {
    this.#receiver = receiver;
    queueMicrotask(this.#handOn);
    return this.#handOn;
  };

  /** Hands on what waits, and then whatever comes, until the receiver has had enough. */
  readonly #handOn = (): void => {
    this.#resting = false;
    // While it takes one, it may end the pipe.
    for (let receiver = this.#receiver; receiver !== undefined && !this.#resting; receiver = this.#receiver) {
      const piece = this.#take();
      if (piece !== undefined) this.#resting = !receiver.take(piece);
      else {
        if (this.#end === undefined) return;
        this.#resting = true;
        this.#receiver = undefined;
        receiver.end(this.#end.error);
      }
    }
  };

  /** Not an async generator, which takes a dozen promises for each piece. */
  #iterator(): AsyncIterator<Uint8Array, undefined> {
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
    return { next, return: async () => finish() };
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
