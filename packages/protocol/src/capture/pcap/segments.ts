/** TCP segments out of packets: over Ethernet, Linux "any" interfaces, loopback and bare IP, of version 4 and 6. */
import type { Millis } from "../../ports.ts";
import { etherType, ipProtocol, linkType } from "./packet-format.ts";
import type { Packet } from "./packets.ts";

/** One end of a connection. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Segment {
  readonly time: Millis;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Where the IP packet begins, or nothing where something else is carried. */
const ipStart = ({ linkType: type, bytes }: Packet): number | undefined => {
  const carried = (at: number, protocol: number): number | undefined => {
    let [start, kind] = [at, protocol];
    while (kind === etherType.vlan || kind === etherType.serviceVlan) {
      kind = u16(bytes, start + 2);
      start += 4;
    }
    return kind === etherType.ipv4 || kind === etherType.ipv6 ? start : undefined;
  };
  switch (type) {
    case linkType.ethernet:
      return carried(14, u16(bytes, 12));
    case linkType.linuxCooked:
      return carried(16, u16(bytes, 14));
    case linkType.linuxCooked2:
      return carried(20, u16(bytes, 0));
    case linkType.null:
    case linkType.loop:
      return 4;
    case linkType.raw:
    case linkType.ipv4:
    case linkType.ipv6:
      return 0;
    default:
      return undefined;
  }
};

interface Carried {
  readonly from: string;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

const address4 = (bytes: Uint8Array, at: number): string => bytes.subarray(at, at + 4).join(".");
const address6 = (bytes: Uint8Array, at: number): string =>
  Array.from({ length: 8 }, (_, i) => u16(bytes, at + 2 * i).toString(16)).join(":");

const ipv4 = (bytes: Uint8Array, at: number): Carried | undefined => {
  const header = ((bytes[at] ?? 0) & 15) * 4;
  const total = u16(bytes, at + 2);
  const fragment = u16(bytes, at + 6) & 0x3fff;
  // A bridge's packets are short and never fragmented; fragments alone tell nothing.
  if (header < 20 || fragment !== 0 || bytes[at + 9] !== ipProtocol.tcp) return undefined;
  // A capture of packets that are about to be sent may show a length of 0.
  const end = total === 0 ? bytes.length : Math.min(bytes.length, at + total);
  return { from: address4(bytes, at + 12), to: address4(bytes, at + 16), start: at + header, end };
};

const extensions: readonly (number | undefined)[] = [ipProtocol.hopByHop, ipProtocol.routing, ipProtocol.destination];

const ipv6 = (bytes: Uint8Array, at: number): Carried | undefined => {
  const payload = u16(bytes, at + 4);
  let next = bytes[at + 6];
  let start = at + 40;
  while (extensions.includes(next) && start < bytes.length) {
    next = bytes[start];
    start += 8 * (1 + (bytes[start + 1] ?? 0));
  }
  if (next !== ipProtocol.tcp) return undefined;
  const end = payload === 0 ? bytes.length : Math.min(bytes.length, at + 40 + payload);
  return { from: address6(bytes, at + 8), to: address6(bytes, at + 24), start, end };
};

const tcpHeader = 20;

/** The TCP segment of a packet; undefined where it carries none, or only a part of one. */
export const segmentOf = (packet: Packet): Segment | undefined => {
  const { bytes, time } = packet;
  const at = ipStart(packet);
  const version = at === undefined ? 0 : (bytes[at] ?? 0) >> 4;
  const carried =
    at === undefined ? undefined : version === 4 ? ipv4(bytes, at) : version === 6 ? ipv6(bytes, at) : undefined;
  if (carried === undefined || carried.start + tcpHeader > carried.end) return undefined;
  const { start, end } = carried;
  const header = ((bytes[start + 12] ?? 0) >> 4) * 4;
  if (header < tcpHeader || start + header > end) return undefined;
  return {
    time,
    from: { address: carried.from, port: u16(bytes, start) },
    to: { address: carried.to, port: u16(bytes, start + 2) },
    sequence: ((u16(bytes, start + 4) << 16) | u16(bytes, start + 6)) >>> 0,
    flags: bytes[start + 13] ?? 0,
    data: bytes.subarray(start + header, end),
  };
};
