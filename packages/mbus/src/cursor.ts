/** Bytes of M-Bus records, taken one after another. */

/** Stops the reading of records: the bytes end within one, or begin none. */
export class Stop {
  readonly problem: "truncated" | "malformed";
  constructor(problem: "truncated" | "malformed") {
    this.problem = problem;
  }
}

const extension = 0x80;
/** EN 13757-3 allows ten DIFEs and ten VIFEs. */
const mostExtensions = 10;

/** Takes bytes one after another. */
export class Cursor {
  readonly #bytes: Uint8Array;
  /** Whether values of several bytes begin with the highest, which is mode 2. */
  readonly #highestFirst: boolean;
  at = 0;

  constructor(bytes: Uint8Array, highestFirst = false) {
    this.#bytes = bytes;
    this.#highestFirst = highestFirst;
  }

  /** @throws Stop at the end */
  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Stop("truncated");
    return byte;
  }

  /** The bytes of one value, lowest first. @throws Stop if there are fewer */
  take(count: number): Uint8Array {
    const end = this.at + count;
    if (end > this.#bytes.length) throw new Stop("truncated");
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return this.#highestFirst ? taken.toReversed() : taken;
  }

  /** The bytes after `first` that its extension bit announces, and theirs. @throws Stop */
  extensionsOf(first: number): number[] {
    const found: number[] = [];
    for (let last = first; (last & extension) !== 0; last = found.at(-1) ?? 0) {
      if (found.length === mostExtensions) throw new Stop("malformed");
      found.push(this.byte());
    }
    return found;
  }

  /** What was taken since, as it was sent. */
  since(at: number): Uint8Array {
    return this.#bytes.subarray(at, this.at);
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.at);
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }
}

/** What `read` gives; undefined if the bytes end too early, or form nothing. */
export const unlessStopped = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (stop) {
    if (stop instanceof Stop) return undefined;
    throw stop;
  }
};
