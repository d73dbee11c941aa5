/**
 * Randomness without a generator: every number is a hash of (seed, name, slot).
 * A generator would remember how often it was asked; then a household started at noon would differ from one that ran into noon.
 */

const TWO_POW_32 = 4_294_967_296;

/** The finishing steps of MurmurHash3: every bit of the input reaches every bit of the output. */
function scramble(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a over UTF-16 units, so that each named stream is a sequence of its own. */
function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h;
}

function unitOf(laneKey: number, slot: number): number {
  return (scramble(laneKey ^ slot) >>> 0) / TWO_POW_32;
}

/**
 * One named stream of repeatable noise; slots are integers (a second, a minute, a day, whatever the caller counts).
 *
 * @example
 * new Noise(1, "fridge").unit(7) === new Noise(1, "fridge").unit(7) // true
 * new Noise(1, "fridge").unit(7) === new Noise(1, "stove").unit(7) // false
 */
export class Noise {
  readonly #key: number;

  constructor(seed: number, name: string) {
    this.#key = scramble(scramble(seed ^ 0x2545f491) + Math.floor(seed / TWO_POW_32)) ^ hashName(name);
  }

  /** A number in [0, 1); `lane` tells apart several numbers wanted for one slot. */
  unit(slot: number, lane = 0): number {
    return unitOf(this.#laneKey(lane), slot);
  }

  /** `unit` for many slots of one lane, at half the cost. */
  units(lane: number): (slot: number) => number {
    const key = this.#laneKey(lane);
    return (slot) => unitOf(key, slot);
  }

  /** A number in [low, high). */
  between(slot: number, low: number, high: number, lane = 0): number {
    return low + (high - low) * this.unit(slot, lane);
  }

  /** Whether something of probability `p` happens in this slot. */
  happens(slot: number, p: number, lane = 0): boolean {
    return this.unit(slot, lane) < p;
  }

  /** A number in [-1, 1] that moves smoothly with time: one random level per period, eased from one to the next. */
  smooth(time: number, period: number, lane = 0): number {
    const slot = Math.floor(time / period);
    const part = time / period - slot;
    const ease = part * part * (3 - 2 * part);
    const from = this.unit(slot, lane);
    return 2 * (from + (this.unit(slot + 1, lane) - from) * ease) - 1;
  }

  #laneKey(lane: number): number {
    return scramble(this.#key + Math.imul(lane, 0x9e3779b1));
  }
}
