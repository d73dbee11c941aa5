/** Listens on the line of an optical port: which packets came whole, which were repeated, and how the meter answered each step. */
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { type PacketEvent, PacketReader, packetOverhead, refuse } from "@meterport/protocol/optical/packet";
import {
  decodeIdentified,
  decodeNegotiated,
  type Identified,
  type PacketLimits,
  serviceCode,
} from "@meterport/protocol/optical/services";
import type { Millis } from "@meterport/protocol/ports";
import type { FrameCounter } from "../mep/frame-counter.ts";

/** Larger packets are not negotiated. */
const largest = packetOverhead + 2048;
/** How many bytes are examined for other protocols. */
const sampled = 512;

/** Packets of both ends. */
export interface PacketCounts {
  readonly sent: number;
  readonly received: number;
  /** Ours that were sent again. */
  readonly ours: number;
  /** The meter's that came damaged. */
  readonly damaged: number;
  /** The meter's that came again, since our acknowledgement was lost or late. */
  readonly again: number;
}

/** What came in reply to the first packet of a session instead of an acknowledgement, and how often. */
export interface FirstAnswers {
  readonly nak: number;
  readonly rubbish: number;
  /** A byte 0x00 alone, and then the answer. */
  readonly zero: number;
}

export const noPackets: PacketCounts = { sent: 0, received: 0, ours: 0, damaged: 0, again: 0 };

/** Steps to a session that a meter may refuse. */
type WatchedStep = "identification" | "negotiation" | "logon";

const stepOf = (first: number | undefined): WatchedStep | "other" => {
  if (first === serviceCode.identification) return "identification";
  if (first === serviceCode.logon) return "logon";
  // The low half counts up to eleven rates.
  return first !== undefined && (first & 0xf0) === serviceCode.negotiate ? "negotiation" : "other";
};

const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Covers one opening of a link. */
export class OpticalWatch implements FrameCounter {
  readonly alerts = 0;
  readonly #now: () => Millis;
  readonly #out = new PacketReader(largest);
  readonly #in = new PacketReader(largest);
  readonly #refusals = new Map<WatchedStep, number>();
  readonly #passed = new Set<WatchedStep>();
  readonly #counts = { ...noPackets };
  readonly #first = { nak: 0, rubbish: 0, zero: 0 };
  #short = 0;
  #garbage = 0;
  readonly #sample: number[] = [];
  #lastSent: Uint8Array | undefined;
  #lastReceived: Uint8Array | undefined;
  #asked: WatchedStep | "other" = "other";
  /** When the packet that is not answered yet was sent. */
  #askedAt: Millis | undefined;
  #longestSilence: Millis = 0;
  #identified: Identified | undefined;
  #negotiated: PacketLimits | undefined;

  constructor(now: () => Millis) {
    this.#now = now;
  }

  get frames(): number {
    return this.#counts.received;
  }

  get garbage(): number {
    return this.#garbage + this.#in.pending;
  }

  get counts(): PacketCounts {
    return { ...this.#counts };
  }

  /** Packets of the meter that ended before their length, and were refused. */
  get shortPackets(): number {
    return this.#short;
  }

  get firstAnswers(): FirstAnswers {
    return { ...this.#first };
  }

  /** The longest silence between a packet of ours and the next byte. */
  get longestSilence(): Millis {
    return this.#longestSilence;
  }

  /** The first bytes that came, until a whole packet does. */
  get sample(): Uint8Array {
    return this.#counts.received > 0 ? new Uint8Array() : Uint8Array.from(this.#sample);
  }

  get identified(): Identified | undefined {
    return this.#identified;
  }

  /** What the meter agreed to; undefined if it refused, and packets keep their initial size. */
  get negotiated(): PacketLimits | undefined {
    return this.#negotiated;
  }

  passed(step: WatchedStep): boolean {
    return this.#passed.has(step);
  }

  /** The code of the last refusal of a step. */
  refusal(step: WatchedStep): number | undefined {
    return this.#refusals.get(step);
  }

  readonly sent = (bytes: Uint8Array): void => {
    if (bytes.length === 1 && bytes[0] === refuse && this.#in.pending > 0) this.#endedShort();
    // Rubbish without a packet after it is answered with a repetition.
    const noise = this.#in.takeNoise();
    if (noise !== undefined) this.#take(noise);
    for (const event of this.#out.push(bytes)) {
      if (event.type !== "packet") continue;
      this.#counts.sent++;
      this.#askedAt ??= this.#now();
      if (same(this.#lastSent, event.raw)) this.#counts.ours++;
      this.#lastSent = event.raw;
      const { multi, first, data } = event.packet;
      if (!multi || first) this.#asked = stepOf(data[0]);
    }
  };

  readonly received = (bytes: Uint8Array): void => {
    if (this.#askedAt !== undefined) this.#longestSilence = Math.max(this.#longestSilence, this.#now() - this.#askedAt);
    this.#askedAt = undefined;
    this.#sample.push(...bytes.subarray(0, sampled - this.#sample.length));
    for (const event of this.#in.push(bytes)) this.#take(event);
  };

  /** The line fell silent inside a packet, which is now refused. */
  #endedShort(): void {
    this.#short++;
    this.#counts.damaged++;
    const { noise, unfinished } = this.#in.reset();
    this.#garbage += unfinished.length;
    if (noise !== undefined) this.#take(noise);
  }

  #take(event: PacketEvent): void {
    if (this.#asked === "identification") this.#noteFirst(event);
    if (event.type === "noise" || event.type === "damaged") this.#garbage += event.length;
    if (event.type === "damaged") this.#counts.damaged++;
    // An echo does not come from the meter.
    if (event.type !== "packet" || same(this.#lastSent, event.raw)) return;
    this.#counts.received++;
    if (same(this.#lastReceived, event.raw)) {
      this.#counts.again++;
      return;
    }
    this.#lastReceived = event.raw;
    const { multi, data } = event.packet;
    if (!multi && this.#asked !== "other") this.#answered(this.#asked, data);
  }

  #noteFirst(event: PacketEvent): void {
    if (event.type === "refused") this.#first.nak++;
    if (event.type !== "noise") return;
    if (event.length === 1 && event.bytes[0] === 0) this.#first.zero++;
    else this.#first.rubbish++;
  }

  #answered(step: WatchedStep, data: Uint8Array): void {
    this.#asked = "other";
    const [said] = data;
    if (said !== code.ok) {
      if (said !== undefined) this.#refusals.set(step, said);
      return;
    }
    this.#passed.add(step);
    if (step === "identification") this.#identified = decodeIdentified(data);
    if (step === "negotiation") this.#negotiated = decodeNegotiated(data);
  }
}
