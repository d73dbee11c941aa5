/** What a bad line does to single messages: pure, with a seed; it reports what it did. */
import { concat } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";
import type { Random } from "../random.ts";

/**
 * `loss` is of the whole message, `byteLoss` of up to 16 bytes inside it, `truncate` of its end; `noise` and `alert` put
 * bytes in front that nobody sent, random ones or two zeros; `flip` changes one bit.
 */
export const faultNames = ["loss", "delay", "truncate", "byteLoss", "flip", "duplicate", "noise", "alert"] as const;
export type FaultName = (typeof faultNames)[number];

/** Probability of each fault for one message, 0..1; 0 if omitted. */
export type FaultRates = { readonly [F in FaultName]?: number };

/** Bytes that arrive, and how much later than without faults. */
export interface Delivery {
  readonly bytes: Uint8Array;
  readonly delay: Millis;
}

/** What became of a message. */
export interface Passed {
  readonly deliveries: readonly Delivery[];
  readonly did: readonly FaultName[];
}

/** Most bytes that a burst of noise has. */
const longestNoise = 24;
/** Most bytes that `byteLoss` takes out, as a small buffer that overruns. */
const longestHole = 16;

/** A burst of noise: 1 to 24 random bytes. */
export const noiseBurst = (random: Random): Uint8Array =>
  Uint8Array.from({ length: 1 + Math.floor(random() * longestNoise) }, () => Math.floor(random() * 256));

/**
 * The faults of one direction of a line.
 *
 * @example
 * new Faults(seeded(1)).pass(Uint8Array.of(1, 2), { loss: 1 }).deliveries // []
 */
export class Faults {
  readonly #random: Random;
  readonly #counts = new Map<FaultName, number>(faultNames.map((name) => [name, 0]));

  constructor(random: Random) {
    this.#random = random;
  }

  /** How often each fault has happened. */
  get counts(): ReadonlyMap<FaultName, number> {
    return new Map(this.#counts);
  }

  /** What becomes of a message, which itself is not changed. `longestDelay` is that of `delay`. */
  pass(message: Uint8Array, rates: FaultRates, longestDelay: Millis = 1000): Passed {
    // Each fault is drawn for each message, so that one more fault does not change the fate of all messages after it.
    const lost = this.#happens(rates.loss);
    const late = this.#happens(rates.delay);
    const delay = late ? Math.ceil(this.#random() * longestDelay) : 0;
    const truncate = this.#happens(rates.truncate);
    let bytes = truncate ? message.subarray(0, this.#below(message.length)) : message;
    const byteLoss = this.#happens(rates.byteLoss);
    if (byteLoss) bytes = this.#holed(bytes);
    const flip = this.#happens(rates.flip);
    if (flip && bytes.length > 0) bytes = this.#flipped(bytes);
    const duplicate = this.#happens(rates.duplicate);
    const noise = this.#happens(rates.noise) ? noiseBurst(this.#random) : undefined;
    const alert = this.#happens(rates.alert);
    const did = { loss: lost, delay: late, truncate, byteLoss, flip, duplicate, noise: noise !== undefined, alert };
    const deliveries: Delivery[] = [];
    if (noise !== undefined || alert)
      deliveries.push({ bytes: concat(noise ?? new Uint8Array(0), new Uint8Array(alert ? 2 : 0)), delay: 0 });
    if (!lost && bytes.length > 0)
      for (let copy = duplicate ? 2 : 1; copy > 0; copy--) deliveries.push({ bytes: bytes.slice(), delay });
    return { deliveries, did: this.#counted(did) };
  }

  #happens(rate: number | undefined): boolean {
    return this.#random() < (rate ?? 0);
  }

  #counted(did: Readonly<Record<FaultName, boolean>>): readonly FaultName[] {
    const names = faultNames.filter((name) => did[name]);
    for (const name of names) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return names;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #holed(bytes: Uint8Array): Uint8Array {
    const from = this.#below(bytes.length);
    return concat(bytes.subarray(0, from), bytes.subarray(from + 1 + this.#below(longestHole)));
  }

  #flipped(bytes: Uint8Array): Uint8Array {
    const out = bytes.slice();
    const bit = this.#below(8 * out.length);
    out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7));
    return out;
  }
}

/**
 * Every fault of single messages with the same probability.
 *
 * @example
 * everyFault(0.01).loss // 0.01
 */
export const everyFault = (rate: number): Required<FaultRates> => ({
  loss: rate,
  delay: rate,
  truncate: rate,
  byteLoss: rate,
  flip: rate,
  duplicate: rate,
  noise: rate,
  alert: rate,
});
