import { LayoutError } from "../errors.ts";

/** Collects bytes, knowing the field it is in. */
export class Writer {
  #bytes = new Uint8Array(256);
  readonly path: (string | number)[] = [];
  pos = 0;
  /** Whether a layout that may be missing at the end was missing or cut: nothing can follow it. */
  ended = false;
  readonly #base: number;

  /** `base`: where in the table the bytes begin, so that errors tell offsets from its start. */
  constructor(base = 0) {
    this.#base = base;
  }

  put(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** @throws LayoutError shape, for a length below 0 */
  zeros(length: number): void {
    if (!(length >= 0)) throw this.error("shape", `cannot have ${length} bytes`);
    this.#grow(length);
    this.pos += length;
  }

  /** A little-endian integer; the caller has checked that it fits. */
  integer(value: number, length: number): void {
    this.#grow(length);
    let rest = value < 0 ? value + 2 ** (8 * length) : value;
    for (let i = 0; i < length; i++) {
      this.#bytes[this.pos++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** The refusal of a value that is not an integer of the given range, whatever it is instead. */
  notWhole(value: unknown, low: number, high: number): LayoutError {
    const shown = typeof value === "number" ? value : value === null ? "null" : typeof value;
    return this.error("range", `${shown} is not a whole number from ${low} to ${high}`);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.pos);
  }

  error(code: LayoutError["code"], detail: string): LayoutError {
    return new LayoutError(code, { path: this.path.join("."), offset: this.#base + this.pos }, detail);
  }

  #grow(length: number): void {
    if (this.pos + length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.pos + length, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
