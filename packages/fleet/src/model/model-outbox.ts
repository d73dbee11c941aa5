/** What a worker of a model has read and not yet booked, oldest first. */

export interface ReadSlots {
  meter: number;
  /** Slots from here to below `to`. */
  from: number;
  to: number;
}

export class Outbox {
  #entries: number[] = [];
  #head = 0;

  get size(): number {
    return (this.#entries.length - this.#head) / 3;
  }

  /** Slots of all entries. */
  get slots(): number {
    let slots = 0;
    for (let at = this.#head; at < this.#entries.length; at += 3)
      slots += (this.#entries[at + 2] as number) - (this.#entries[at + 1] as number);
    return slots;
  }

  add({ meter, from, to }: ReadSlots): void {
    this.#entries.push(meter, from, to);
  }

  /** The oldest entry, written into `entry`; false if there is none. */
  take(entry: ReadSlots): boolean {
    if (this.#head >= this.#entries.length) return false;
    entry.meter = this.#entries[this.#head++] as number;
    entry.from = this.#entries[this.#head++] as number;
    entry.to = this.#entries[this.#head++] as number;
    // What was taken is let go once it is half of the list, so that memory follows what waits.
    if (this.#head > 3_000 && 2 * this.#head > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }
}
