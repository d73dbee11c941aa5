/** One direction of a TCP connection, put together again: what came twice counts once, what came early waits. */

/** Waiting bytes and pieces beyond which what is missing counts as lost. */
const mostWaiting = 1 << 18;
const mostPieces = 256;

interface Waiting {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** How far `a` is past `b`, with numbers that wrap at 2^32. */
const distance = (a: number, b: number): number => (a - b) | 0;

export class TcpStream {
  #next: number | undefined;
  #waiting: Waiting[] = [];
  #held = 0;
  #lost = 0;

  /** Bytes that the file lacks. */
  get lost(): number {
    return this.#lost;
  }

  /** The other end starts a new count. */
  synchronize(sequence: number): void {
    this.#next = (sequence + 1) >>> 0;
    this.#waiting = [];
    this.#held = 0;
  }

  /** Takes a segment's data; gives what is complete now, in order. */
  push(sequence: number, data: Uint8Array): Uint8Array[] {
    if (data.length === 0) return [];
    this.#next ??= sequence;
    const ahead = distance(sequence, this.#next);
    if (ahead > 0) {
      this.#waiting.push({ sequence, data });
      this.#held += data.length;
      return this.#held > mostWaiting || this.#waiting.length > mostPieces ? this.flush() : [];
    }
    const out = this.#take(sequence, data);
    return out === undefined ? [] : [out, ...this.#release()];
  }

  /** Gives up on what is missing. */
  flush(): Uint8Array[] {
    const out: Uint8Array[] = [];
    while (this.#waiting.length > 0) {
      const next = this.#next as number;
      const first = Math.min(...this.#waiting.map(({ sequence }) => distance(sequence, next)));
      this.#lost += first;
      this.#next = (next + first) >>> 0;
      out.push(...this.#release());
    }
    return out;
  }

  #take(sequence: number, data: Uint8Array): Uint8Array | undefined {
    const seen = -distance(sequence, this.#next as number);
    if (seen >= data.length) return undefined;
    this.#next = (sequence + data.length) >>> 0;
    return data.subarray(seen);
  }

  #release(): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (;;) {
      const index = this.#waiting.findIndex(({ sequence }) => distance(sequence, this.#next as number) <= 0);
      const [found] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (found === undefined) return out;
      this.#held -= found.data.length;
      const data = this.#take(found.sequence, found.data);
      if (data !== undefined) out.push(data);
    }
  }
}
