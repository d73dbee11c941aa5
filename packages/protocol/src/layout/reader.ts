import { LayoutError } from "../errors.ts";
import type { FieldMeta } from "./field-meta.ts";

/** One leaf with the bytes it came from. Bit fields of one word share `start` and `end`. */
export interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  readonly meta: FieldMeta;
  readonly reserved: boolean;
  readonly bits?: readonly [low: number, high: number];
}

/** The most that any documented table can have: BT23 with 255 tiers of 255 demands and coincidents without values. */
const mostEmpty = 2 ** 18;

/** Walks over bytes, knowing the field it is in. */
export class Reader {
  readonly path: (string | number)[] = [];
  pos: number;
  /** Where the bytes end that may be read: a tail or a trailer can be kept out of reach. */
  limit: number;
  readonly onSpan: ((span: Span) => void) | undefined;
  /** Whether a layout that takes what is there found fewer bytes than were announced. */
  cut = false;
  readonly #base: number;
  #bytes: Uint8Array;
  #empty = 0;

  /** `base`: where in the table the bytes begin, so that errors tell offsets from its start. */
  constructor(bytes: Uint8Array, onSpan?: (span: Span) => void, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
    this.pos = 0;
    this.limit = bytes.length;
    this.onSpan = onSpan;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The same for other bytes, once it has read the last ones to the end. */
  again(bytes: Uint8Array): this {
    this.#bytes = bytes;
    this.pos = 0;
    this.limit = bytes.length;
    this.cut = false;
    this.#empty = 0;
    return this;
  }

  /** A view on the next `length` bytes. @throws LayoutError truncated */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Passes `length` bytes and returns if they start. @throws LayoutError truncated; shape for a length below 0 */
  skip(length: number): number {
    const start = this.pos;
    if (!(length >= 0)) throw this.error("shape", `cannot have ${length} bytes`);
    if (start + length > this.limit)
      throw this.error("truncated", `needs ${length} bytes, ${this.limit - start} are left`);
    this.pos = start + length;
    return start;
  }

  /**
   * Counts elements that took no bytes: dimensions that a device reports may ask for any number of them, and no end of
   * the data stops it.
   *
   * @throws LayoutError shape
   */
  passEmpty(): void {
    if (++this.#empty > mostEmpty) throw this.error("shape", `has more than ${mostEmpty} entries without bytes`);
  }

  error(code: LayoutError["code"], detail: string): LayoutError {
    return new LayoutError(code, { path: this.path.join("."), offset: this.#base + this.pos }, detail);
  }
}
