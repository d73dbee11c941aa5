/** Events of a model in the order of their times: one binary heap in typed arrays, so that a million waiting ones make no garbage. */
import type { Millis } from "@meterport/protocol/ports";

export class EventHeap {
  #times: Float64Array;
  #codes: Int32Array;
  #order: Float64Array;
  #size = 0;
  #count = 0;

  constructor(room = 1_024) {
    this.#times = new Float64Array(room);
    this.#codes = new Int32Array(room);
    this.#order = new Float64Array(room);
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
    const [times, codes, order] = [this.#times, this.#codes, this.#order];
    const mine = this.#count++;
    let at = this.#size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((times[above] as number) <= time) break;
      times[at] = times[above] as number;
      codes[at] = codes[above] as number;
      order[at] = order[above] as number;
      at = above;
    }
    times[at] = time;
    codes[at] = code;
    order[at] = mine;
  }

  /** Takes the next event, and returns its code. Events of one moment come in the order in which they were added. */
  pop(): number {
    const [times, codes, order] = [this.#times, this.#codes, this.#order];
    const code = codes[0] as number;
    const last = --this.#size;
    const [time, mine] = [times[last] as number, order[last] as number];
    let at = 0;
    for (let below = 1; below < last; below = 2 * at + 1) {
      if (below + 1 < last && this.#isBefore(below + 1, times[below] as number, order[below] as number)) below++;
      if (!this.#isBefore(below, time, mine)) break;
      times[at] = times[below] as number;
      order[at] = order[below] as number;
      codes[at] = codes[below] as number;
      at = below;
    }
    codes[at] = codes[last] as number;
    times[at] = time;
    order[at] = mine;
    return code;
  }

  #isBefore(at: number, time: Millis, order: number): boolean {
    const mine = this.#times[at] as number;
    return mine < time || (mine === time && (this.#order[at] as number) < order);
  }

  #grow(): void {
    const room = 2 * this.#times.length;
    const grown = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#times = grown(this.#times, new Float64Array(room));
    this.#order = grown(this.#order, new Float64Array(room));
    this.#codes = grown(this.#codes, new Int32Array(room));
  }
}
