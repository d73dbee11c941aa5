/**
 * The authentication digest of MEP guide 1.1, Appendix A (pp. 256-259): 8 bytes from a 16-byte key.
 *
 * It is weak, and nothing here can mend that. Its state is as small as its output, every step can be undone, flipping the
 * highest bit of a byte travels through unchanged, and published attacks find the key from a few chosen messages. Bytes
 * near the end of a block of 192 are hardly mixed at all, and a zero byte at the end may change nothing (the digest of a
 * write's response is that of its request). It finds noise, and it ties a response to its request. Against somebody
 * who can reach the wires use TLS. Field of use and names: what the standards call the OMA digest.
 *
 * How it works: 8 lanes are filled from the last to the first, one message byte each, and for every byte one bit of the key
 * chooses between two mixings. The key is used 1.5 times, so a block is 24 key bytes, 192 message bytes long, and the
 * last block is filled up with zeros.
 */

/** Bytes of a digest. */
export const digestLength = 8;

/** Bytes of a key that count. */
export const keyLength = 16;

const block = 192;

/**
 * Both mixings of every lane for every value it may hold, so that a step is one look-up: index = key bit * 2048 + lane * 256 + value.
 * The key bit rotates left, otherwise the negated rotation right; both over the complement of value plus lane number.
 */
const mixing = ((): Uint8Array => {
  const table = new Uint8Array(2 * 8 * 256);
  for (let lane = 0; lane < 8; lane++) {
    for (let value = 0; value < 256; value++) {
      const n = ~(value + lane) & 0xff;
      table[lane * 256 + value] = -((n >> 1) + (n << 7));
      table[2048 + lane * 256 + value] = (n << 1) + (n >> 7);
    }
  }
  return table;
})();

/** A key made ready: for each step of a block the place in the table of mixings. Holds the key; never print it. */
export class DigestKey {
  readonly #steps = new Uint16Array(block);

  /** @throws RangeError for fewer than 16 bytes; more are ignored (MEP guide 1.1, p. 19). */
  constructor(key: Uint8Array) {
    if (key.length < keyLength) throw new RangeError(`a key has at least ${keyLength} bytes, not ${key.length}`);
    for (let step = 0; step < block; step++) {
      const bit = ((key[(step >> 3) % keyLength] as number) >> (step & 7)) & 1;
      this.#steps[step] = bit * 2048 + (7 - (step & 7)) * 256;
    }
  }

  /** The table index of each step, without the lane's value. Not to be changed. */
  get steps(): Uint16Array {
    return this.#steps;
  }
}

const scratch = new Uint8Array(digestLength);

/** A digest under way. Feeding it and reading it allocate nothing. */
export class Digest {
  readonly #steps: Uint16Array;
  /** Numbers, since the last requests of thousands of links are kept, and a typed array takes three times the memory. */
  #lanes = [0, 0, 0, 0, 0, 0, 0, 0];
  #step = 0;
  /** Whether this call of the printed function had bytes: a block that they fill exactly gets no block of zeros after it. */
  #fed = false;

  constructor(key: DigestKey) {
    this.#steps = key.steps;
  }

  /** A digest that goes on from here, e.g. over the response to the request fed so far; this one stays as it is. */
  fork(key: DigestKey): Digest {
    const next = new Digest(key);
    next.#lanes = [...this.#lanes];
    next.#step = this.#step;
    return next;
  }

  /** Feeds `bytes` from `start` up to `end`. */
  update(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    const steps = this.#steps;
    const lanes = this.#lanes;
    let step = this.#step;
    let last = lanes[(8 - (step & 7)) & 7] as number;
    for (let i = start; i < end; i++) {
      const lane = 7 - (step & 7);
      const mixed = mixing[(steps[step] as number) + (lanes[lane] as number)] as number;
      last = (last + (bytes[i] as number) + mixed) & 0xff;
      lanes[lane] = last;
      if (++step === block) step = 0;
    }
    this.#step = step;
    if (end > start) this.#fed = true;
    return this;
  }

  /** Writes the 8 bytes of the digest of what was fed to `out` at `at`. The state stays, so that a response can follow. */
  writeTo(out: Uint8Array, at: number): void {
    this.#finish();
    for (let i = 0; i < digestLength; i++) out[at + i] = scratch[i] as number;
  }

  /** Whether the 8 bytes of `bytes` at `at` are the digest; the time taken does not depend on where they differ. */
  matches(bytes: Uint8Array, at: number): boolean {
    this.#finish();
    let difference = 0;
    for (let i = 0; i < digestLength; i++) difference |= (scratch[i] as number) ^ (bytes[at + i] as number);
    return difference === 0;
  }

  #finish(): void {
    const steps = this.#steps;
    for (let i = 0; i < digestLength; i++) scratch[i] = this.#lanes[i] as number;
    if (this.#step === 0 && this.#fed) return;
    let last = scratch[(8 - (this.#step & 7)) & 7] as number;
    for (let step = this.#step; step < block; step++) {
      const lane = 7 - (step & 7);
      last = (last + (mixing[(steps[step] as number) + (scratch[lane] as number)] as number)) & 0xff;
      scratch[lane] = last;
    }
  }
}
