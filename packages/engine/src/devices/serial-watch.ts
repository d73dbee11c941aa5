/**
 * Whether another meter hangs at the point. A new serial number is not enough: a bridge may serve two meters, a read may be damaged. It
 * counts when it has stayed for minutes; if the old one comes back, that is told once.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { RegisterValues } from "../model/device.ts";

/** A new serial number must stay for this long, and be seen in this many readings. */
export const settles: Millis = 600_000;
const fewest = 3;
/** Changes back and forth within this time are one story. */
const oneStory: Millis = 3_600_000;

/** Registers at a moment. */
export interface RegisterSample {
  readonly time: Millis;
  readonly values: RegisterValues;
}

/** A serial number that is not that of the device. */
export interface Rival {
  readonly serial: string;
  readonly since: Millis;
  /** The last registers of the device, and the first of the rival. */
  readonly before: RegisterSample | null;
  readonly first: RegisterSample | null;
}

/** Two serial numbers that took turns. */
export interface UnsteadySerial {
  readonly since: Millis;
  readonly until: Millis;
  readonly serials: readonly [string, string];
  readonly times: number;
}

export interface SerialSeen {
  readonly time: Millis;
  /** null if the meter does not say. */
  readonly serial: string | null;
  /** Registers of this reading, if they can be believed; and of the one before. */
  readonly now: RegisterSample | null;
  readonly before: RegisterSample | null;
}

export type SerialVerdict =
  | { readonly kind: "same" | "waiting" }
  | { readonly kind: "exchange"; readonly rival: Rival }
  | { readonly kind: "unsteady"; readonly unsteady: UnsteadySerial };

export class SerialWatch {
  #rival: Rival | null;
  #readings = 0;
  #unsteady: UnsteadySerial | null = null;

  /** `rival` as it was before a restart. */
  constructor(rival: Rival | null = null) {
    this.#rival = rival;
  }

  get rival(): Rival | null {
    return this.#rival;
  }

  /** `known` is the serial number of the device; null if unknown. */
  see(known: string | null, { time, serial, now, before }: SerialSeen): SerialVerdict {
    if (serial === null || known === null) return { kind: this.#rival === null ? "same" : "waiting" };
    if (serial === known) return this.#returned(time, known);
    if (this.#rival?.serial !== serial) {
      this.#rival = { serial, since: time, before: this.#rival?.before ?? before, first: now };
      this.#readings = 0;
    }
    this.#rival = { ...this.#rival, first: this.#rival.first ?? now };
    this.#readings++;
    const { rival } = this;
    if (rival === null || time - rival.since < settles || this.#readings < fewest) return { kind: "waiting" };
    this.#rival = null;
    return { kind: "exchange", rival };
  }

  #returned(time: Millis, known: string): SerialVerdict {
    const rival = this.#rival;
    if (rival === null) return { kind: "same" };
    this.#rival = null;
    const last = this.#unsteady;
    const goesOn = last !== null && rival.since >= last.until && rival.since - last.until <= oneStory;
    this.#unsteady = goesOn
      ? { ...last, until: time, times: last.times + 1 }
      : { since: rival.since, until: time, serials: [known, rival.serial], times: 1 };
    return { kind: "unsteady", unsteady: this.#unsteady };
  }
}
