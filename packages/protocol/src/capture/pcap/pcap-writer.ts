/** A capture as a pcap file: the bytes of the line as TCP between this machine and itself, which Wireshark opens. */
import { UsageError } from "../../errors.ts";
import type { Capture } from "../capture.ts";
import { bridgePort, linkTypeRaw, pcapFileHeader, pcapMagic, pcapPacketHeader } from "./pcap-format.ts";

const ipHeader = 20;
const tcpHeader = 20;
/** What an Ethernet of 1500 bytes leaves. */
const segmentLimit = 1460;
const firstClientPort = 49152;
const clientPorts = 16384;
const tcpFlag = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const;

/** Sum of big-endian words, the last byte filled up with zero (RFC 1071). */
const wordSum = (bytes: Uint8Array, from: number, to: number): number => {
  let sum = 0;
  for (let at = from; at < to; at += 2)
    sum += ((bytes[at] as number) << 8) | (at + 1 < to ? (bytes[at + 1] as number) : 0);
  return sum;
};
const checksum = (sum: number): number => {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
};

const fileHeader = (): Uint8Array => {
  const out = new Uint8Array(pcapFileHeader);
  const view = new DataView(out.buffer);
  view.setUint32(0, pcapMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 0x40000, true);
  view.setUint32(20, linkTypeRaw, true);
  return out;
};

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** One packet with its header; `micros` since 1970. */
const packetOf = ({ from, to, sequence, acknowledged, flags, data }: Segment, micros: number): Uint8Array => {
  const length = ipHeader + tcpHeader + data.length;
  const out = new Uint8Array(pcapPacketHeader + length);
  const view = new DataView(out.buffer);
  view.setUint32(0, Math.floor(micros / 1e6), true);
  view.setUint32(4, micros % 1e6, true);
  view.setUint32(8, length, true);
  view.setUint32(12, length, true);

  const ip = pcapPacketHeader;
  out[ip] = 0x45;
  view.setUint16(ip + 2, length);
  view.setUint16(ip + 6, 0x4000);
  out[ip + 8] = 64;
  out[ip + 9] = 6;
  out.set([127, 0, 0, 1, 127, 0, 0, 1], ip + 12);
  view.setUint16(ip + 10, checksum(wordSum(out, ip, ip + ipHeader)));

  const tcp = ip + ipHeader;
  view.setUint16(tcp, from);
  view.setUint16(tcp + 2, to);
  view.setUint32(tcp + 4, sequence);
  view.setUint32(tcp + 8, acknowledged);
  out[tcp + 12] = (tcpHeader / 4) << 4;
  out[tcp + 13] = flags;
  view.setUint16(tcp + 14, 0xffff);
  out.set(data, tcp + tcpHeader);
  // The pseudo header: both addresses, the protocol and the length.
  const pseudo = wordSum(out, ip + 12, ip + ipHeader) + 6 + tcpHeader + data.length;
  view.setUint16(tcp + 16, checksum(pseudo + wordSum(out, tcp, out.length)));
  return out;
};

type Side = "tx" | "rx";
const nothing = new Uint8Array();

/** One TCP connection between a client's port and the bridge. */
class Conversation {
  readonly #clientPort: number;
  readonly #sent = { tx: 0, rx: 0 };

  constructor(clientPort: number) {
    this.#clientPort = clientPort;
  }

  *open(micros: number): Generator<Uint8Array> {
    yield this.#packet("tx", tcpFlag.syn, nothing, micros);
    yield this.#packet("rx", tcpFlag.syn | tcpFlag.ack, nothing, micros);
    yield this.#packet("tx", tcpFlag.ack, nothing, micros);
  }

  *data(side: Side, bytes: Uint8Array, micros: number): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += segmentLimit)
      yield this.#packet(side, tcpFlag.push | tcpFlag.ack, bytes.subarray(at, at + segmentLimit), micros);
  }

  *close(micros: number): Generator<Uint8Array> {
    yield this.#packet("tx", tcpFlag.fin | tcpFlag.ack, nothing, micros);
    yield this.#packet("rx", tcpFlag.fin | tcpFlag.ack, nothing, micros);
    yield this.#packet("tx", tcpFlag.ack, nothing, micros);
  }

  *broken(micros: number): Generator<Uint8Array> {
    yield this.#packet("rx", tcpFlag.reset | tcpFlag.ack, nothing, micros);
  }

  #packet(side: Side, flags: number, data: Uint8Array, micros: number): Uint8Array {
    const acknowledged = (flags & tcpFlag.ack) === 0 ? 0 : this.#sent[side === "tx" ? "rx" : "tx"];
    const [from, to] = side === "tx" ? [this.#clientPort, bridgePort] : [bridgePort, this.#clientPort];
    const packet = packetOf({ from, to, sequence: this.#sent[side], acknowledged, flags, data }, micros);
    // SYN and FIN count as one byte.
    this.#sent[side] = (this.#sent[side] + data.length + ((flags & (tcpFlag.syn | tcpFlag.fin)) === 0 ? 0 : 1)) >>> 0;
    return packet;
  }
}

/** Microseconds since 1970 of a moment of the capture. */
const momentsOf = ({ started }: Capture["header"]): ((t: number) => number) => {
  const start = Date.parse(started);
  if (Number.isNaN(start)) throw new UsageError("capture", `line 1: started "${started.slice(0, 40)}" is not a time`);
  return (t) => {
    const micros = Math.round((start + t) * 1000);
    if (micros >= 0 && micros < 2 ** 32 * 1e6) return micros;
    throw new UsageError("capture", `${t} ms after ${started} is not a time that a pcap file can hold: 1970 to 2106`);
  };
};

/**
 * The pieces of a pcap file with one TCP connection for each time that the link was open: bytes to the meter go to port
 * 4059 of 127.0.0.1, each piece as it crossed the line, at its time.
 *
 * @throws UsageError (`capture`) if it began at a time that a pcap file cannot hold
 * @example
 * [...pcapOf({ header: { format: "meterport-capture", version: 1, started: "2026-01-31T12:00:00Z", link: "tcp" }, entries: [] })].length // 1
 */
export function* pcapOf({ header, entries }: Capture): Generator<Uint8Array> {
  const microsOf = momentsOf(header);
  yield fileHeader();
  let opened = 0;
  let open: Conversation | undefined;
  for (const entry of entries) {
    const micros = microsOf(entry.t);
    if ("event" in entry && entry.event !== "opened") {
      if (open !== undefined) yield* entry.event === "closed" ? open.close(micros) : open.broken(micros);
      open = undefined;
      continue;
    }
    if ("event" in entry && open !== undefined) yield* open.close(micros);
    if ("event" in entry || open === undefined) {
      open = new Conversation(firstClientPort + (opened++ % clientPorts));
      yield* open.open(micros);
    }
    if ("bytes" in entry) yield* open.data(entry.dir, entry.bytes, micros);
  }
}
