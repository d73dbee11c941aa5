/** The fields of a message, one after the other. */
import { toHex } from "@meterport/protocol/bytes";
import type { ByteRange } from "@meterport/protocol/layout/annotate";

/** A part of a message, at offsets from its first given byte. */
export interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: number | string;
  readonly meaning?: string;
}

/** Collects the fields of one message from its first byte to its last. */
export class Walk {
  readonly fields: Field[] = [];
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Takes as many bytes as are left, at most `length`. */
  take(name: string, length: number, tell: (value: number, hex: string) => Partial<Field> = () => ({})): Uint8Array {
    const start = this.#at;
    const end = Math.min(start + length, this.#bytes.length);
    const bytes = this.#bytes.subarray(start, end);
    this.#at = end;
    if (end > start) {
      const value = bytes.length <= 4 ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : toHex(bytes);
      const told = tell(typeof value === "number" ? value : 0, toHex(bytes));
      this.fields.push({ name, start, end, value, ...told });
    }
    return bytes;
  }

  rest(): ByteRange[] {
    return this.left > 0 ? [{ start: this.#at, end: this.#bytes.length }] : [];
  }
}
