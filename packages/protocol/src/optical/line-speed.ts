/** The speed of the line under an optical port, as its client changes it: what is offered, chosen, followed and given up. */

import { opticalBaudRates } from "../baud-rates.ts";
import type { Millis } from "../ports.ts";
import type { Channel } from "./channel.ts";
import type { OpticalTiming } from "./timing.ts";

/** A line whose speed can be changed while it is open, in bits per second. */
export interface LineSpeeds {
  /** As every channel begins. */
  readonly initial: number;
  /** What the meter may choose from; only rates that C12.18 has a code for are offered. */
  readonly faster: readonly number[];
}

/** Until a new speed is proven, a packet is repeated only this often: there is no point in waiting for an end that does not follow. */
const unprovenRetries = 1;

export class LineSpeed {
  readonly #initial: number;
  readonly #channel: Channel;
  readonly #timing: OpticalTiming;
  /** By the code of a Negotiate, the fastest first. */
  #offered: ReadonlyMap<number, number>;
  #current: number;
  #wanted: number;
  #changeAt: Millis | undefined;

  constructor({ initial, faster }: LineSpeeds, channel: Channel, timing: OpticalTiming) {
    const coded = Object.entries(opticalBaudRates).map(([code, rate]) => [Number(code), rate] as const);
    this.#offered = new Map(coded.filter(([, rate]) => faster.includes(rate) && rate !== initial).reverse());
    this.#initial = initial;
    this.#current = initial;
    this.#wanted = initial;
    this.#channel = channel;
    this.#timing = timing;
  }

  /** Codes for a Negotiate; none where the speed is to stay as it is. */
  get offers(): readonly number[] {
    return [...this.#offered.keys()];
  }

  /** Whether the line is at another speed than in the beginning. */
  get changed(): boolean {
    return this.#current !== this.#initial;
  }

  /** When it is to be changed; nothing may be sent before. */
  get changeAt(): Millis | undefined {
    return this.#changeAt;
  }

  /** Takes what the meter chose. What was not offered is not followed, and nothing is offered again to such a meter. */
  choose(code: number, now: Millis): void {
    const rate = this.#offered.get(code);
    if (rate !== undefined) this.#want(rate, now);
    else if (code !== 0 && opticalBaudRates[code] !== this.#initial) this.giveUp();
  }

  /** The channel is over: back to the beginning, as the meter goes by itself. */
  reset(now: Millis): void {
    this.#want(this.#initial, now);
  }

  /** Offers nothing any more: meter or head does not follow. */
  giveUp(): void {
    this.#offered = new Map();
  }

  /** Something was understood: a packet gets all its tries again. */
  proven(): void {
    if (this.changed) this.#channel.timing = { ...this.#channel.timing, retries: this.#timing.retries };
  }

  /** Gives the new rate when the change is due. */
  change(now: Millis): number | undefined {
    if (this.#changeAt === undefined || now < this.#changeAt) return undefined;
    this.#changeAt = undefined;
    this.#current = this.#wanted;
    const other = { byteTime: 10_000 / this.#current, retries: unprovenRetries };
    this.#channel.timing = this.changed ? { ...this.#timing, ...other } : this.#timing;
    return this.#current;
  }

  /** Not before the other end has our last acknowledgement. */
  #want(rate: number, now: Millis): void {
    const { byteTime, bridgeDelay, speedPause } = this.#timing;
    this.#wanted = rate;
    this.#changeAt = rate === this.#current ? undefined : now + 2 * byteTime + bridgeDelay + speedPause;
  }
}
