/** Packets out of a pcap or a pcapng file. */
import { UsageError } from "../../errors.ts";
import type { Millis } from "../../ports.ts";
import { pcapngBlock, pcapngByteOrder, pcapngOption } from "./packet-format.ts";
import { pcapFileHeader, pcapMagic, pcapMagicNanoseconds, pcapPacketHeader } from "./pcap-format.ts";

export interface Packet {
  /** Unix time in milliseconds; 0 where the file does not tell. */
  readonly time: Millis;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

const wrong = (offset: number, detail: string): UsageError => new UsageError("pcap", `byte ${offset}: ${detail}`);
/** No link has longer packets; a greater length is not believed. */
const longestPacket = 1 << 20;
/** A computer has fewer. */
const mostInterfaces = 1024;

/** A file's words in its byte order. */
class Words {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, little: boolean) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  /** @throws UsageError if the file ends before */
  u32(at: number): number {
    if (at + 4 > this.bytes.length) throw wrong(at, "the file ends within a header");
    return this.#view.getUint32(at, this.#little);
  }

  /** @throws UsageError if the file ends before */
  u16(at: number): number {
    if (at + 2 > this.bytes.length) throw wrong(at, "the file ends within a header");
    return this.#view.getUint16(at, this.#little);
  }
}

const magicIn = (bytes: Uint8Array, little: boolean): number =>
  bytes.length < 4 ? 0 : new Words(bytes, little).u32(0);

/** The byte order under which the file begins as one of these; undefined if it begins as none of them. */
const byteOrderOf = (bytes: Uint8Array): boolean | undefined => {
  for (const little of [true, false]) {
    const magic = magicIn(bytes, little);
    if (magic === pcapMagic || magic === pcapMagicNanoseconds) return little;
  }
  return undefined;
};

/**
 * Whether a file begins as a pcap or a pcapng does.
 *
 * @example
 * isPacketFile(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)) // true
 */
export const isPacketFile = (bytes: Uint8Array): boolean =>
  byteOrderOf(bytes) !== undefined || magicIn(bytes, true) === pcapngBlock.sectionHeader;

/**
 * The packets of a file. A file that breaks off within a packet, as after a killed program, gives those before.
 *
 * @throws UsageError (`pcap`) that names the byte
 */
export const packetsIn = (bytes: Uint8Array): Generator<Packet> => {
  const little = byteOrderOf(bytes);
  if (little !== undefined) return pcapPackets(new Words(bytes, little));
  if (magicIn(bytes, true) === pcapngBlock.sectionHeader) return pcapngPackets(bytes);
  throw wrong(0, "it is neither a pcap nor a pcapng file");
};

function* pcapPackets(words: Words): Generator<Packet> {
  const fraction = words.u32(0) === pcapMagicNanoseconds ? 1e6 : 1e3;
  // The upper bits tell of checksums after frames, which are not used.
  const linkType = words.u32(20) & 0xffff;
  for (let at = pcapFileHeader; at + pcapPacketHeader <= words.bytes.length; ) {
    const length = words.u32(at + 8);
    if (length > longestPacket) throw wrong(at + 8, `a packet cannot have ${length} bytes`);
    const start = at + pcapPacketHeader;
    if (start + length > words.bytes.length) return;
    const time = words.u32(at) * 1000 + words.u32(at + 4) / fraction;
    yield { time, linkType, bytes: words.bytes.subarray(start, start + length) };
    at = start + length;
  }
}

interface Interface {
  readonly linkType: number;
  /** Units of its times in a second. */
  readonly resolution: number;
}

const interfaceOf = (words: Words, body: number, end: number): Interface => {
  let resolution = 1e6;
  for (let at = body + 8; at + 4 <= end; ) {
    const [code, length] = [words.u16(at), words.u16(at + 2)];
    if (code === pcapngOption.end) break;
    if (code === pcapngOption.timeResolution && length >= 1) {
      const value = words.bytes[at + 4] ?? 6;
      resolution = value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: words.u16(body), resolution };
};

const enhancedPacket = (
  words: Words,
  body: number,
  end: number,
  interfaces: readonly Interface[],
): Packet | undefined => {
  const from = interfaces[words.u32(body)];
  const length = words.u32(body + 12);
  if (body + 20 + length > end) throw wrong(body + 12, `a packet of ${length} bytes does not fit its block`);
  if (from === undefined) return undefined;
  const ticks = words.u32(body + 4) * 2 ** 32 + words.u32(body + 8);
  const bytes = words.bytes.subarray(body + 20, body + 20 + length);
  return { time: (ticks / from.resolution) * 1000, linkType: from.linkType, bytes };
};

const simplePacket = (words: Words, body: number, end: number, first: Interface | undefined): Packet | undefined => {
  const bytes = words.bytes.subarray(body + 4, Math.min(end, body + 4 + words.u32(body)));
  return first === undefined ? undefined : { time: 0, linkType: first.linkType, bytes };
};

function* pcapngPackets(file: Uint8Array): Generator<Packet> {
  let words = new Words(file, true);
  let interfaces: Interface[] = [];
  for (let at = 0; at + 12 <= file.length; ) {
    if (words.u32(at) === pcapngBlock.sectionHeader) {
      // The word reads the same in both byte orders; the one after the length tells which it is.
      words = new Words(file, new Words(file, true).u32(at + 8) === pcapngByteOrder);
      if (words.u32(at + 8) !== pcapngByteOrder) throw wrong(at + 8, "a section begins here without its byte order");
      interfaces = [];
    }
    const type = words.u32(at);
    const length = words.u32(at + 4);
    if (length < 12 || length % 4 !== 0) throw wrong(at + 4, `a block cannot have ${length} bytes`);
    if (at + length > file.length) return;
    const [body, end] = [at + 8, at + length - 4];
    let packet: Packet | undefined;
    if (type === pcapngBlock.interfaceDescription) {
      if (interfaces.length === mostInterfaces) throw wrong(at, `there are more than ${mostInterfaces} interfaces`);
      interfaces.push(interfaceOf(words, body, end));
    } else if (type === pcapngBlock.enhancedPacket) packet = enhancedPacket(words, body, end, interfaces);
    else if (type === pcapngBlock.simplePacket) packet = simplePacket(words, body, end, interfaces[0]);
    if (packet !== undefined) yield packet;
    at += length;
  }
}
