/** What a bad line does to packets: a pure wrapper with a seed, which tells what it did. */
import { concat } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type Random, seeded } from "./random.ts";

/** `alert` puts two zero bytes in front that nobody sent. */
export const faultNames = ["drop", "delay", "truncate", "flip", "duplicate", "garbage", "alert"] as const;
export type FaultName = (typeof faultNames)[number];

/** Probability of each fault for one packet, 0..1; 0 where left out. */
export type FaultRates = { readonly [F in FaultName]?: number };

/** Bytes that arrive, so long after they would have without faults. */
export interface Delivery {
  readonly bytes: Uint8Array;
  readonly delay: Millis;
}

/** What became of a packet. */
export interface Passed {
  readonly deliveries: readonly Delivery[];
  readonly did: readonly FaultName[];
}

export interface FaultOptions {
  readonly rates: FaultRates;
  readonly random: Random;
  /** Longest delay, ms; 1000 where left out. */
  readonly longestDelay?: Millis;
}

/** Most bytes that a burst of garbage has. */
const longestGarbage = 24;

/**
 * The faults of one direction of a line.
 *
 * @example
 * new Faults({ rates: { drop: 1 }, random: seeded(1) }).pass(Uint8Array.of(1, 2)).deliveries // []
 */
export class Faults {
  readonly #rates: FaultRates;
  readonly #random: Random;
  readonly #longestDelay: Millis;
  readonly #counts = new Map<FaultName, number>(faultNames.map((name) => [name, 0]));

  /** @throws UsageError where a rate is no probability */
  constructor({ rates, random, longestDelay = 1000 }: FaultOptions) {
    for (const [name, rate] of Object.entries(rates))
      if (!(rate >= 0 && rate <= 1))
        throw new UsageError("faults", `${name} is a probability from 0 to 1, not ${rate}`);
    this.#rates = rates;
    this.#random = random;
    this.#longestDelay = longestDelay;
  }

  /** How often each fault has happened. */
  get counts(): ReadonlyMap<FaultName, number> {
    return new Map(this.#counts);
  }

  /** What becomes of a packet. The packet itself is not changed. */
  pass(packet: Uint8Array): Passed {
    const did: FaultName[] = [];
    const happens = (name: FaultName): boolean => {
      if (this.#random() >= (this.#rates[name] ?? 0)) return false;
      did.push(name);
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      return true;
    };
    // Each fault is drawn for each packet, so that one more fault does not change the fate of all packets behind it.
    const dropped = happens("drop");
    const delay = happens("delay") ? Math.ceil(this.#random() * this.#longestDelay) : 0;
    let bytes = packet;
    if (happens("truncate")) bytes = bytes.subarray(0, this.#below(bytes.length));
    if (happens("flip") && bytes.length > 0) bytes = this.#flipped(bytes);
    const copies = happens("duplicate") ? 2 : 1;
    const noise = happens("garbage") ? this.#garbage() : new Uint8Array(0);
    const alert = new Uint8Array(happens("alert") ? 2 : 0);
    const before = concat(noise, alert);
    const deliveries: Delivery[] = before.length > 0 ? [{ bytes: before, delay: 0 }] : [];
    if (!dropped && bytes.length > 0)
      for (let copy = 0; copy < copies; copy++) deliveries.push({ bytes: bytes.slice(), delay });
    return { deliveries, did };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #flipped(bytes: Uint8Array): Uint8Array {
    const out = bytes.slice();
    const bit = this.#below(8 * out.length);
    out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7));
    return out;
  }

  #garbage(): Uint8Array {
    return Uint8Array.from({ length: 1 + this.#below(longestGarbage) }, () => this.#below(256));
  }
}

/** Rates for both directions of a line. */
export interface LineFaultOptions {
  readonly seed: number;
  /** From the client to the meter. */
  readonly toMeter?: FaultRates;
  /** From the meter to the client. */
  readonly toClient?: FaultRates;
  readonly longestDelay?: Millis;
}

/** The faults of a line, each direction with numbers of its own. */
export interface LineFaults {
  readonly toMeter: Faults;
  readonly toClient: Faults;
}

/**
 * Faults for both directions, repeatable from one seed.
 *
 * @throws UsageError where a rate is no probability
 * @example
 * lineFaults({ seed: 1, toClient: { flip: 1 } }).toMeter.pass(Uint8Array.of(7)).did // []
 */
export const lineFaults = ({ seed, toMeter = {}, toClient = {}, longestDelay }: LineFaultOptions): LineFaults => {
  const rest = longestDelay === undefined ? {} : { longestDelay };
  return {
    toMeter: new Faults({ rates: toMeter, random: seeded(2 * seed), ...rest }),
    toClient: new Faults({ rates: toClient, random: seeded(2 * seed + 1), ...rest }),
  };
};

/** Every fault with the same probability. */
export const everyFault = (rate: number): FaultRates => ({
  drop: rate,
  delay: rate,
  truncate: rate,
  flip: rate,
  duplicate: rate,
  garbage: rate,
  alert: rate,
});
