/** Chance from a seed: the same seed gives the same model. */
import type { Entropy } from "@meterport/protocol/ports";

/** Mulberry32, by its published constants: 32 bits of state are plenty for a model, and nothing here is secret. */
export class Seeded {
  #state: number;
  readonly #byte = new Uint8Array(1);

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** The byte of a single draw is always the same object: it is read at once. */
  readonly entropy: Entropy = (length) => {
    const bytes = length === 1 ? this.#byte : new Uint8Array(length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.below(256);
    return bytes;
  };
}
