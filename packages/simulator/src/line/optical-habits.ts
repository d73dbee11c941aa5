/**
 * What optical ports do in the field that no standard has: a meter, or the head on it, wakes up slowly, mangles what it says
 * first, and cuts some of its packets short.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { Random } from "../random.ts";
import { noiseBurst } from "./faults.ts";

/** The part of a line's condition that sets these habits. Whole numbers; none if omitted. */
export interface OpticalHabitSettings {
  /** This many packets after a pause are lost, and answered with NAK. */
  readonly firstNak?: number;
  /** Before those, this many packets after a pause are lost, and answered with rubbish. */
  readonly firstRubbish?: number;
  /** The first acknowledgement after a pause comes as 0x00. */
  readonly zeroAck?: boolean;
  /** Nothing is heard after a pause until four bytes 0x55 have come. */
  readonly asleep?: boolean;
  /** One of this many packets of the meter ends before its length. */
  readonly shortFrame?: number;
}

const packetStart = 0xee;
const acknowledge = 0x06;
const refuse = 0x15;
const wakeByte = 0x55;
const wakesNeeded = 4;
/** A client that was silent for longer meets a port that has gone to sleep. */
const pause: Millis = 5_000;
/** A longer silence ends a packet. */
const betweenPackets: Millis = 50;
/** Bytes of a packet before its data: what is cut is never less. */
const header = 6;
/** Most bytes that are missing from a short packet. */
const mostMissing = 8;

/** What became of a client's bytes. `answer` comes back in place of the meter's. */
export type Heard = { readonly type: "passed" } | { readonly type: "lost"; readonly answer?: Uint8Array };

/** The habits of one port. */
export class OpticalHabits {
  readonly #random: Random;
  #lastAt: Millis = Number.NEGATIVE_INFINITY;
  #wakes = 0;
  /** Packets lost since the pause. */
  #lost = 0;
  #losing = false;
  #acknowledged = false;
  #packets = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Whether a client's bytes reach the meter. */
  hears(bytes: Uint8Array, now: Millis, settings: OpticalHabitSettings): Heard {
    const { firstNak = 0, firstRubbish = 0, asleep = false } = settings;
    const silence = now - this.#lastAt;
    this.#lastAt = now;
    if (silence > pause) {
      this.#wakes = 0;
      this.#lost = 0;
      this.#acknowledged = false;
    }
    if (asleep && this.#wakes < wakesNeeded) {
      this.#wakes += bytes.every((byte) => byte === wakeByte) ? bytes.length : 0;
      return { type: "lost" };
    }
    // The rest of a packet that has begun fares as its beginning.
    if (silence <= betweenPackets && this.#losing) return { type: "lost" };
    this.#losing = bytes[0] === packetStart && this.#lost < firstNak + firstRubbish;
    if (!this.#losing) return { type: "passed" };
    this.#lost++;
    return { type: "lost", answer: this.#lost <= firstRubbish ? this.#rubbish() : Uint8Array.of(refuse) };
  }

  /** What the meter's bytes are on the line. */
  speaks(bytes: Uint8Array, { zeroAck = false, shortFrame }: OpticalHabitSettings): Uint8Array {
    if (bytes.length === 1 && bytes[0] === acknowledge) {
      const mangled = zeroAck && !this.#acknowledged;
      this.#acknowledged = true;
      return mangled ? Uint8Array.of(0) : bytes;
    }
    if (shortFrame === undefined || bytes[0] !== packetStart || ++this.#packets % shortFrame !== 0) return bytes;
    const missing = 1 + Math.floor(this.#random() * mostMissing);
    return bytes.subarray(0, Math.max(header, bytes.length - missing));
  }

  /** Bytes without a start, an acknowledgement or a refusal among them. */
  #rubbish(): Uint8Array {
    const meant = [packetStart, acknowledge, refuse];
    const bytes = noiseBurst(this.#random).filter((byte) => !meant.includes(byte));
    return bytes.length > 1 ? bytes : Uint8Array.of(0xf3, 0x9a);
  }
}
