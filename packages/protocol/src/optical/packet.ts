/**
 * Packets of the optical port (ANSI C12.18-1996, layer 2): `EE 00 control sequence length(2) data crc(2)`, and the single
 * bytes that acknowledge them. Header fields are big-endian, the CRC has its low byte first.
 */
import { crc16 } from "../mep/frame/crc16.ts";

/** Begins a packet. */
export const packetStart = 0xee;
/** The receiver has the packet. */
export const acknowledge = 0x06;
/** The packet came damaged and is to be sent again. */
export const refuse = 0x15;

const header = 6;
/** Bytes of a packet that are not its data. */
export const packetOverhead = header + 2;
/** What a packet has at most, with its overhead, until something else is negotiated. */
export const defaultPacketSize = 64;
/** No service has room in less. */
export const leastPacketSize = packetOverhead + 8;
/** The largest that the length field permits. */
const largestPacketSize = packetOverhead + 0xffff;

const control = { multi: 0x80, first: 0x40, toggle: 0x20 } as const;
const knownControl = control.multi | control.first | control.toggle;

/** One packet. */
export interface Packet {
  /** Part of a message that takes several packets. */
  readonly multi: boolean;
  /** The first of them. */
  readonly first: boolean;
  /** Another one than in the packet before; the same in a repetition. */
  readonly toggle: boolean;
  /** Packets of the message that are still to come. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

/**
 * The bytes of a packet.
 *
 * @throws RangeError for a sequence above 255 or more than 65535 bytes
 * @example
 * encodePacket({ multi: false, first: false, toggle: false, sequence: 0, data: Uint8Array.of(0x20) }) // Uint8Array [238, 0, 0, 0, 0, 1, 32, 19, 16]
 */
export const encodePacket = ({ multi, first, toggle, sequence, data }: Packet): Uint8Array => {
  if (sequence < 0 || sequence > 0xff || data.length > 0xffff)
    throw new RangeError(
      `a packet holds up to 65535 bytes and a sequence up to 255, not ${data.length} and ${sequence}`,
    );
  const out = new Uint8Array(packetOverhead + data.length);
  out[0] = packetStart;
  out[2] = (multi ? control.multi : 0) | (first ? control.first : 0) | (toggle ? control.toggle : 0);
  out[3] = sequence;
  out[4] = data.length >> 8;
  out[5] = data.length;
  out.set(data, header);
  const crc = crc16(out.subarray(0, header + data.length));
  out[header + data.length] = crc;
  out[header + data.length + 1] = crc >> 8;
  return out;
};

/** What a `PacketReader` finds. */
export type PacketEvent =
  /** With a CRC that fits. `raw` are all its bytes. */
  | { readonly type: "packet"; readonly packet: Packet; readonly crc: number; readonly raw: Uint8Array }
  | { readonly type: "acknowledged" }
  /** `alone` where no noise stands before it since the last packet: what the MEP port says may hold such a byte too. */
  | { readonly type: "refused"; readonly alone: boolean }
  /** A packet whose CRC does not fit, or `length` further bytes of one. */
  | { readonly type: "damaged"; readonly length: number }
  /** `length` bytes that belong to no packet: noise, or what the MEP port sends. `bytes` are the first of them. */
  | { readonly type: "noise"; readonly bytes: Uint8Array; readonly length: number };

/** Bytes of a run of noise that an event shows; the run may be longer. */
export const shownNoise = 64;

/**
 * Cuts a byte stream into packets and acknowledgements, in bounded memory; any cutting of the same bytes into chunks gives
 * the same events, but for where noise that has not ended yet is reported by `reset`. A start byte that begins no packet costs
 * itself only, and one in a damaged packet is looked at again, so that noise in front of a packet does not cost the packet.
 * Inside a damaged packet nothing is taken for an acknowledgement.
 */
export class PacketReader {
  readonly #largest: number;
  readonly #buffer: Uint8Array;
  #held = 0;
  /** This many of the held bytes, from the first, are what a damaged packet left. */
  #suspect = 0;
  readonly #noise = new Uint8Array(shownNoise);
  #noiseLength = 0;
  /** Whether there was noise since the last packet or `reset`. */
  #noisy = false;

  /** @param largest bytes of a packet that are believed, with its overhead */
  constructor(largest: number) {
    this.#largest = Math.min(largest, largestPacketSize);
    this.#buffer = new Uint8Array(this.#largest);
  }

  /** Bytes of an unfinished packet that are held. */
  get pending(): number {
    return this.#held;
  }

  /** What of a run of noise has come that has not ended yet: the first `shownNoise` bytes of it at most. */
  get noise(): Uint8Array {
    return this.#noise.slice(0, Math.min(this.#noiseLength, shownNoise));
  }

  /** Bytes that the unfinished packet will have; undefined while its header is incomplete. */
  get announced(): number | undefined {
    return this.#held < header ? undefined : this.#total();
  }

  /** Takes received bytes and returns what they complete. Copies what it keeps. */
  push(bytes: Uint8Array): PacketEvent[] {
    const events: PacketEvent[] = [];
    let at = 0;
    while (at < bytes.length) {
      const wanted = this.#held < header ? 1 : this.#total() - this.#held;
      const taken = Math.min(wanted, bytes.length - at);
      this.#buffer.set(bytes.subarray(at, at + taken), this.#held);
      this.#held += taken;
      at += taken;
      this.#advance(events);
    }
    return events;
  }

  /** Forgets the unfinished packet and the noise before it, and returns them. */
  reset(): { readonly noise: PacketEvent | undefined; readonly unfinished: Uint8Array } {
    const noise = this.takeNoise();
    const unfinished = this.#buffer.slice(0, this.#held);
    this.#held = 0;
    this.#suspect = 0;
    this.#noisy = false;
    return { noise, unfinished };
  }

  #total(): number {
    return packetOverhead + (((this.#buffer[4] as number) << 8) | (this.#buffer[5] as number));
  }

  /** Looks at what is held until it is the beginning of a packet, or nothing. */
  #advance(events: PacketEvent[]): void {
    while (this.#held > 0) {
      const first = this.#buffer[0] as number;
      if (first !== packetStart) this.#single(first, events);
      else if (!this.#plausible()) this.#drop(1);
      else if (this.#held < header || this.#held < this.#total()) return;
      else this.#packet(this.#total(), events);
    }
  }

  #single(byte: number, events: PacketEvent[]): void {
    if ((byte !== acknowledge && byte !== refuse) || this.#suspect > 0) {
      this.#drop(1);
      return;
    }
    this.#flushNoise(events);
    events.push(byte === acknowledge ? { type: "acknowledged" } : { type: "refused", alone: !this.#noisy });
    this.#remove(1);
  }

  /** Whether the held bytes can begin a packet: reserved bits are zero, and it is not too long. */
  #plausible(): boolean {
    const [, identity = 0, flags = 0] = this.#buffer.subarray(0, this.#held);
    if (identity !== 0 || (flags & ~knownControl) !== 0) return false;
    return this.#held < header || this.#total() <= this.#largest;
  }

  #packet(total: number, events: PacketEvent[]): void {
    const raw = this.#buffer.slice(0, total);
    const body = raw.subarray(0, total - 2);
    const crc = (raw[total - 2] as number) | ((raw[total - 1] as number) << 8);
    if (crc16(body) !== crc) {
      const more = total - this.#suspect;
      if (more > 0) {
        this.#flushNoise(events);
        events.push({ type: "damaged", length: more });
      }
      this.#suspect = Math.max(this.#suspect, total);
      this.#drop(1);
      return;
    }
    this.#flushNoise(events);
    const flags = raw[2] as number;
    const packet: Packet = {
      multi: (flags & control.multi) !== 0,
      first: (flags & control.first) !== 0,
      toggle: (flags & control.toggle) !== 0,
      sequence: raw[3] as number,
      data: raw.slice(header, total - 2),
    };
    events.push({ type: "packet", packet, crc, raw });
    this.#noisy = false;
    this.#remove(total);
  }

  /** The first held bytes are noise. What a damaged packet left was reported with it. */
  #drop(count: number): void {
    if (this.#suspect === 0) {
      if (this.#noiseLength < shownNoise) this.#noise[this.#noiseLength] = this.#buffer[0] as number;
      this.#noiseLength++;
      this.#noisy = true;
    }
    this.#remove(count);
  }

  #remove(count: number): void {
    this.#buffer.copyWithin(0, count, this.#held);
    this.#held -= count;
    this.#suspect = Math.max(0, this.#suspect - count);
  }

  #flushNoise(events: PacketEvent[]): void {
    const noise = this.takeNoise();
    if (noise !== undefined) events.push(noise);
  }

  /** Ends a run of noise, and reports it. */
  takeNoise(): PacketEvent | undefined {
    if (this.#noiseLength === 0) return undefined;
    const length = this.#noiseLength;
    this.#noiseLength = 0;
    return { type: "noise", bytes: this.#noise.slice(0, Math.min(length, shownNoise)), length };
  }
}
