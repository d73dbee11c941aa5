/**
 * Layer 2 of the optical port as a pure machine, the same at both ends: messages go out in packets that are repeated until
 * they are acknowledged, and what comes in is acknowledged once and handed on once.
 */
import { equalBytes } from "../bytes.ts";
import type { DiscardReason } from "../mep/link/exchange.ts";
import type { Millis } from "../ports.ts";
import { Assembly, packetsOf } from "./message.ts";
import {
  acknowledge,
  defaultPacketSize,
  encodePacket,
  type PacketEvent,
  PacketReader,
  packetOverhead,
  refuse,
} from "./packet.ts";
import type { PacketLimits } from "./services.ts";
import type { ChannelTiming } from "./timing.ts";

/** What a channel gives. */
export type ChannelOutput =
  | { readonly type: "transmit"; readonly bytes: Uint8Array }
  /** A whole message of the other end. */
  | { readonly type: "message"; readonly data: Uint8Array }
  /** A packet of a message has arrived, theirs here or ours there, and others must follow. */
  | { readonly type: "progress" }
  /** The other end refused a packet of ours: it had it damaged, or was not ready. */
  | { readonly type: "refused" }
  /** Our message has arrived: the other end said so, or has gone on. */
  | { readonly type: "delivered" }
  /** It was repeated as often as it may be. */
  | { readonly type: "undelivered" }
  /** `length` bytes, of which `bytes` are the first. */
  | { readonly type: "discarded"; readonly bytes: Uint8Array; readonly length: number; readonly reason: DiscardReason };

/** Data bytes of a message under these limits. */
export const messageRoom = ({ packetSize, packets }: PacketLimits): number =>
  Math.min(0xffff, (packetSize - packetOverhead) * packets);

/** What both ends begin with. */
export const defaultLimits: PacketLimits = { packetSize: defaultPacketSize, packets: 1 };

/** What a client asks for with Negotiate: the meter takes as much of it as it can. */
export const wantedLimits: PacketLimits = { packetSize: 512, packets: 8 };

interface Sending {
  readonly packets: readonly Uint8Array[];
  at: number;
  /** Transmissions of the packet in hand. */
  tries: number;
  deadline: Millis;
  /** Begins a session: what comes back at first may be anything. */
  readonly opening: boolean;
  /** Repetitions on top, granted for signs of life to an opening. */
  granted: number;
}

/** What a byte that stands where an acknowledgement belongs is, where a head or a waking meter mangles it. */
const mangledAcknowledgement = 0x00;

/** One end of a channel. */
export class Channel {
  /** What messages are cut by. */
  limits: PacketLimits = defaultLimits;
  timing: ChannelTiming;
  readonly #largest: number;
  readonly #reader: PacketReader;
  readonly #assembly: Assembly;
  #toggle = false;
  #sending: Sending | undefined;
  /** What went out last, to know it where the line echoes, and to repeat it. */
  #lastPacket: Uint8Array | undefined;
  /** Repetitions of it after it was taken for delivered. */
  #repeats = 0;
  /** The last packet that came: the same once more is a repetition. */
  #seen: { readonly toggle: boolean; readonly crc: number } | undefined;
  #lastByteAt: Millis = Number.NEGATIVE_INFINITY;
  #transmissions = 0;

  /** @param accepted what this end takes at most */
  constructor(accepted: PacketLimits, timing: ChannelTiming) {
    this.timing = timing;
    this.#largest = Math.max(accepted.packetSize, defaultPacketSize);
    this.#reader = new PacketReader(this.#largest);
    this.#assembly = new Assembly(Math.max(messageRoom(accepted), messageRoom(defaultLimits)));
  }

  /** Whether a message of ours waits for its acknowledgement. */
  get sending(): boolean {
    return this.#sending !== undefined;
  }

  /** What the largest packet takes on the line. */
  get packetTime(): Millis {
    return this.#largest * this.timing.byteTime;
  }

  /** When something is next due by itself. */
  wakeAt(): Millis | undefined {
    const incomplete = this.#reader.pending > 0 ? this.#lastByteAt + this.timing.interByteTimeout : undefined;
    if (this.#sending === undefined) return incomplete;
    return Math.min(this.deferred(this.#sending.deadline), incomplete ?? Number.POSITIVE_INFINITY);
  }

  /** Transmissions of packets since the last call. */
  takeTransmissions(): number {
    const count = this.#transmissions;
    this.#transmissions = 0;
    return count;
  }

  /** Packets that a message takes. */
  packetsFor(message: Uint8Array): number {
    return Math.ceil(message.length / (this.limits.packetSize - packetOverhead));
  }

  /**
   * Begins a message, which must fit into `limits`. One that is still under way is given up. With `opening` it is the first of
   * a session: NAK and rubbish cost it none of its tries, up to a limit.
   */
  send(message: Uint8Array, now: Millis, out: ChannelOutput[], opening = false): void {
    this.#dropUnfinished("stale", out);
    const packets = packetsOf(message, this.limits.packetSize, this.#toggle).map(encodePacket);
    if (packets.length % 2 === 1) this.#toggle = !this.#toggle;
    this.#sending = { packets, at: 0, tries: 0, deadline: now, opening, granted: 0 };
    this.#transmit(this.#sending, now, out);
  }

  /** Stops what is under way, both ways, and goes back to what both ends begin with. */
  abandon(): void {
    this.#sending = undefined;
    this.#lastPacket = undefined;
    this.#assembly.reset();
    this.limits = defaultLimits;
  }

  /** Treats the next packet as new: the other end starts over too. */
  forget(): void {
    this.#seen = undefined;
  }

  /** Forgets what has come of a packet, without a word: no answer is due. */
  clear(): void {
    this.#reader.reset();
  }

  /** Takes received bytes. Any bytes; nothing is thrown. */
  receive(bytes: Uint8Array, now: Millis, out: ChannelOutput[]): void {
    this.advance(now, out);
    // What comes after a silence has nothing to do with the noise before it.
    if (now >= this.#lastByteAt + this.timing.interByteTimeout) this.#dropUnfinished("incomplete", out);
    if (bytes.length > 0) this.#lastByteAt = now;
    for (const event of this.#reader.push(bytes)) this.#take(event, now, out);
    if (this.#sending?.opening === true) this.#hearRubbish(this.#sending, now);
  }

  /** Does what is due. */
  advance(now: Millis, out: ChannelOutput[]): void {
    if (this.#reader.pending > 0 && now >= this.#lastByteAt + this.timing.interByteTimeout) {
      this.#dropUnfinished("incomplete", out);
      out.push({ type: "transmit", bytes: Uint8Array.of(refuse) });
    }
    const sending = this.#sending;
    if (sending !== undefined && now >= this.deferred(sending.deadline)) this.#repeat(sending, now, out);
  }

  /** When to stop waiting: not while a packet comes in that may be what is awaited, but a babbling line does not hold it up forever. */
  deferred(deadline: Millis): Millis {
    if (this.#reader.pending === 0) return deadline;
    const { interByteTimeout, responseTimeout } = this.timing;
    const latest = deadline + this.packetTime + responseTimeout;
    return Math.min(latest, Math.max(deadline, this.#lastByteAt + interByteTimeout));
  }

  #transmit(sending: Sending, now: Millis, out: ChannelOutput[]): void {
    const bytes = sending.packets[sending.at] as Uint8Array;
    this.#noted(this.#reader.takeNoise(), out);
    const { byteTime, bridgeDelay, responseTimeout } = this.timing;
    sending.tries++;
    sending.deadline = now + bytes.length * byteTime + bridgeDelay + responseTimeout;
    this.#lastPacket = bytes;
    this.#repeats = 0;
    this.#transmissions++;
    out.push({ type: "transmit", bytes });
  }

  #repeat(sending: Sending, now: Millis, out: ChannelOutput[]): void {
    if (sending.tries <= this.timing.retries + sending.granted) {
      this.#transmit(sending, now, out);
      return;
    }
    this.#sending = undefined;
    out.push({ type: "undelivered" });
  }

  #take(event: PacketEvent, now: Millis, out: ChannelOutput[]): void {
    if (event.type === "packet") this.#packet(event, now, out);
    else if (event.type === "acknowledged") this.#acknowledged(now, out);
    else if (event.type === "refused") this.#refused(event.alone, now, out);
    else if (event.type === "noise")
      out.push({ type: "discarded", bytes: event.bytes, length: event.length, reason: "garbage" });
    else {
      out.push({ type: "discarded", bytes: new Uint8Array(), length: event.length, reason: "bad-digest" });
      out.push({ type: "transmit", bytes: Uint8Array.of(refuse) });
    }
  }

  #acknowledged(now: Millis, out: ChannelOutput[]): void {
    const sending = this.#sending;
    if (sending === undefined) return;
    sending.at++;
    sending.tries = 0;
    if (sending.at < sending.packets.length) {
      out.push({ type: "progress" });
      this.#transmit(sending, now, out);
    } else this.#delivered(out);
  }

  #delivered(out: ChannelOutput[]): void {
    this.#sending = undefined;
    out.push({ type: "delivered" });
  }

  /**
   * Noise may have looked like an acknowledgement before: then the last packet is repeated all the same. Not for a byte within
   * noise: on a shared line that is the MEP port's, and nobody waits for the packet.
   */
  #refused(alone: boolean, now: Millis, out: ChannelOutput[]): void {
    const sending = this.#sending;
    if (sending !== undefined) {
      out.push({ type: "refused" });
      if (sending.opening) this.#grant(sending, now + this.timing.openingPause);
      else this.#repeat(sending, now, out);
      return;
    }
    if (!alone || this.#lastPacket === undefined || this.#repeats >= this.timing.retries) return;
    this.#repeats++;
    this.#transmissions++;
    out.push({ type: "transmit", bytes: this.#lastPacket });
  }

  /**
   * What answers the first packet of a session may be rubbish. It is repeated soon after, and not for a byte 0x00 alone: that
   * stands where the acknowledgement belongs, so the answer is awaited. It is never more than that: what the byte meant is not
   * known, and a packet without an answer is repeated in the end. The answer itself proves that the packet arrived.
   */
  #hearRubbish(sending: Sending, now: Millis): void {
    const noise = this.#reader.noise;
    if (noise.length === 0 || this.#reader.pending > 0) return;
    if (noise.length === 1 && noise[0] === mangledAcknowledgement) return;
    const soon = now + this.timing.interByteTimeout;
    if (soon < sending.deadline) this.#grant(sending, soon);
  }

  /** One repetition more, at that time. */
  #grant(sending: Sending, at: Millis): void {
    sending.granted = Math.min(sending.granted + 1, this.timing.openingRepeats);
    sending.deadline = at;
  }

  #packet({ packet, crc, raw }: PacketEvent & { type: "packet" }, now: Millis, out: ChannelOutput[]): void {
    if (this.#lastPacket !== undefined && equalBytes(raw, this.#lastPacket)) {
      discard(raw, "echo", out);
      return;
    }
    out.push({ type: "transmit", bytes: Uint8Array.of(acknowledge) });
    if (this.#seen?.toggle === packet.toggle && this.#seen.crc === crc) {
      discard(raw, "stale", out);
      return;
    }
    this.#seen = { toggle: packet.toggle, crc };
    this.#goneOn(now, out);
    const message = this.#assembly.add(packet);
    if (message === "broken") discard(raw, "malformed", out);
    else out.push(message === "more" ? { type: "progress" } : { type: "message", data: message });
  }

  /** The other end sends something new: it has our last packet, and only its acknowledgement was lost. */
  #goneOn(now: Millis, out: ChannelOutput[]): void {
    const sending = this.#sending;
    this.#lastPacket = undefined;
    if (sending === undefined) return;
    if (sending.at === sending.packets.length - 1) {
      this.#delivered(out);
      return;
    }
    this.#sending = undefined;
    this.#lastByteAt = now;
    out.push({ type: "undelivered" });
  }

  #noted(noise: PacketEvent | undefined, out: ChannelOutput[]): void {
    if (noise?.type === "noise")
      out.push({ type: "discarded", bytes: noise.bytes, length: noise.length, reason: "garbage" });
  }

  #dropUnfinished(reason: "incomplete" | "stale", out: ChannelOutput[]): void {
    const { noise, unfinished } = this.#reader.reset();
    this.#noted(noise, out);
    if (unfinished.length > 0) discard(unfinished, reason, out);
  }
}

const discard = (bytes: Uint8Array, reason: DiscardReason, out: ChannelOutput[]): void => {
  out.push({ type: "discarded", bytes, length: bytes.length, reason });
};
