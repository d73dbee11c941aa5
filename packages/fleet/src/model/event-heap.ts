/**
 * Events of a model in the order of their times: one heap in typed arrays, so that a million waiting ones make no garbage. Each place has four
 * below it, which share a line of the processor's cache: that halves the way of a binary heap through memory.
 */
import type { Millis } from "@meterport/protocol/ports";

export class EventHeap {
  #times: Float64Array;
  #codes: Int32Array;
  #size = 0;
  #count = 0;

  constructor(room = 1_024) {
    this.#times = new Float64Array(room);
    this.#codes = new Int32Array(room);
  }

  get size(): number {
    return this.#size;
  }

  /** Events that were ever added. */
  get count(): number {
    return this.#count;
  }

  /** The time of the next event; `Infinity` if there is none. */
  get time(): Millis {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as Millis);
  }

  /** @param code 32 bits that say what happens */
  push(time: Millis, code: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const [times, codes] = [this.#times, this.#codes];
    this.#count++;
    let at = this.#size++;
    while (at > 0) {
      const above = (at - 1) >> 2;
      if ((times[above] as number) <= time) break;
      times[at] = times[above] as number;
      codes[at] = codes[above] as number;
      at = above;
    }
    times[at] = time;
    codes[at] = code;
  }

  /**
   * Takes the next event, and returns its code; undefined if there is none. Events of one moment come in any order, but in the same one each
   * time.
   */
  pop(): number | undefined {
    if (this.#size === 0) return undefined;
    const [times, codes] = [this.#times, this.#codes];
    const code = codes[0] as number;
    const last = --this.#size;
    const time = times[last] as number;
    let at = 0;
    for (let first = 1; first < last; first = 4 * at + 1) {
      let below = first;
      const end = Math.min(first + 4, last);
      for (let other = first + 1; other < end; other++)
        if ((times[other] as number) < (times[below] as number)) below = other;
      if ((times[below] as number) >= time) break;
      times[at] = times[below] as number;
      codes[at] = codes[below] as number;
      at = below;
    }
    codes[at] = codes[last] as number;
    times[at] = time;
    return code;
  }

  #grow(): void {
    const [times, codes] = [this.#times, this.#codes];
    this.#times = new Float64Array(2 * times.length);
    this.#codes = new Int32Array(2 * codes.length);
    this.#times.set(times);
    this.#codes.set(codes);
  }
}
