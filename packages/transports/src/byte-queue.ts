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

  /** For one consumer. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        const wasFull = this.full;
        this.#cost -= piece.length + overhead;
        if (wasFull && !this.full) this.#onRoom();
        yield piece;
        continue;
      }
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
