/** What is booked in a model: one bit for each meter and slot, so that what is missing is known to the slot. */

const word = 32;

/** The bits `from` to below `to` of a word. */
const mask = (from: number, to: number): number =>
  ((to >= word ? 0xffffffff : (1 << to) - 1) & ~((1 << from) - 1)) >>> 0;

const bitsIn = (given: number): number => {
  let bits = given - ((given >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 0xff;
};

export class SlotBook {
  readonly #words: Uint32Array;
  readonly #each: number;
  readonly slots: number;

  constructor(meters: number, slots: number) {
    this.slots = slots;
    this.#each = Math.ceil(slots / word);
    this.#words = new Uint32Array(meters * this.#each);
  }

  /** Runs `change` for each word with a slot of a range, and its mask. */
  #each32(meter: number, from: number, to: number, change: (at: number, bits: number) => void): void {
    const base = meter * this.#each;
    const end = Math.min(to, this.slots);
    for (let slot = from; slot < end; ) {
      const at = slot >> 5;
      const stop = Math.min(end, (at + 1) << 5);
      change(base + at, mask(slot & 31, stop - (at << 5)));
      slot = stop;
    }
  }

  /** Books the slots `from` to below `to`; returns how many were new. */
  book(meter: number, from: number, to: number): number {
    let fresh = 0;
    this.#each32(meter, from, to, (at, bits) => {
      const had = this.#words[at] as number;
      fresh += bitsIn((bits & ~had) >>> 0);
      this.#words[at] = had | bits;
    });
    return fresh;
  }

  /** Loses slots, as a database does that was restored from a backup; returns how many there were. */
  forget(meter: number, from: number, to: number): number {
    let lost = 0;
    this.#each32(meter, from, to, (at, bits) => {
      const had = this.#words[at] as number;
      lost += bitsIn((bits & had) >>> 0);
      this.#words[at] = had & ~bits;
    });
    return lost;
  }

  has(meter: number, slot: number): boolean {
    return (((this.#words[meter * this.#each + (slot >> 5)] as number) >>> (slot & 31)) & 1) === 1;
  }

  /** How many slots of a range are booked. */
  count(meter: number, from: number, to: number): number {
    let booked = 0;
    this.#each32(meter, from, to, (at, bits) => {
      booked += bitsIn(((this.#words[at] as number) & bits) >>> 0);
    });
    return booked;
  }

  /** The first slot before `to` that is not booked; `to` if all are. */
  firstMissing(meter: number, to: number): number {
    const base = meter * this.#each;
    const end = Math.min(to, this.slots);
    for (let at = 0; at << 5 < end; at++) {
      const missing = ~(this.#words[base + at] as number) >>> 0;
      if (missing !== 0) return Math.min(end, (at << 5) + (31 - Math.clz32(missing & -missing)));
    }
    return end;
  }
}
