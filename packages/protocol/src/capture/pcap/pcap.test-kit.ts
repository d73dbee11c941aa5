/** For tests: writes packets of conversations as pcap and pcapng, over every link type, with the faults of networks. */
import { concat } from "../../bytes.ts";
import { etherType, linkType, pcapngBlock, pcapngByteOrder, tcpFlag } from "./packet-format.ts";
import { pcapMagic } from "./pcap-format.ts";

export interface Sent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly from: "client" | "bridge";
  readonly sequence: number;
  readonly flags?: number;
  readonly data: Uint8Array;
}

const be16 = (n: number): number[] => [(n >> 8) & 0xff, n & 0xff];
const be32 = (n: number): number[] => [...be16(n >>> 16), ...be16(n)];

export interface Network {
  readonly link: keyof typeof linkType;
  readonly version: 4 | 6;
  readonly clientPort?: number;
  readonly bridgePort?: number;
}

const addresses = { client: 1, bridge: 2 } as const;

const ipPacket = ({ version, clientPort = 50_000, bridgePort = 4059 }: Network, sent: Sent): Uint8Array => {
  const to = sent.from === "client" ? "bridge" : "client";
  const ports = { client: clientPort, bridge: bridgePort };
  const tcp = Uint8Array.from([
    ...be16(ports[sent.from]),
    ...be16(ports[to]),
    ...be32(sent.sequence),
    ...be32(0),
    0x50,
    sent.flags ?? tcpFlag.ack,
    ...be16(1000),
    ...be32(0),
  ]);
  const payload = concat(tcp, sent.data);
  const header =
    version === 4
      ? [
          0x45,
          0,
          ...be16(20 + payload.length),
          0,
          0,
          0,
          0,
          64,
          6,
          0,
          0,
          10,
          0,
          0,
          addresses[sent.from],
          10,
          0,
          0,
          addresses[to],
        ]
      : [
          0x60,
          0,
          0,
          0,
          ...be16(payload.length),
          6,
          64,
          ...new Array(15).fill(0),
          addresses[sent.from],
          ...new Array(15).fill(0),
          addresses[to],
        ];
  return concat(Uint8Array.from(header), payload);
};

const linkHeader = ({ link, version }: Network): Uint8Array => {
  const type = version === 4 ? etherType.ipv4 : etherType.ipv6;
  const headers: Partial<Record<keyof typeof linkType, readonly number[]>> = {
    ethernet: [...new Array(12).fill(2), ...be16(etherType.vlan), 0, 5, ...be16(type)],
    linuxCooked: [...new Array(14).fill(0), ...be16(type)],
    linuxCooked2: [...be16(type), ...new Array(18).fill(0)],
    null: [2, 0, 0, 0],
  };
  return Uint8Array.from(headers[link] ?? []);
};

export const packetOf = (network: Network, sent: Sent): Uint8Array => {
  const packet = concat(linkHeader(network), ipPacket(network, sent));
  // Ethernet pads short frames, and captures contain the padding.
  return network.link === "ethernet" && packet.length < 60
    ? concat(packet, new Uint8Array(60 - packet.length))
    : packet;
};

const words = (little: boolean, ...numbers: number[]): Uint8Array => {
  const out = new Uint8Array(4 * numbers.length);
  const view = new DataView(out.buffer);
  for (const [i, n] of numbers.entries()) view.setUint32(4 * i, n, little);
  return out;
};

/** A pcap file, in either byte order. */
export const pcapFile = (network: Network, sent: readonly Sent[], little = true): Uint8Array =>
  concat(
    words(little, pcapMagic, little ? 0x00040002 : 0x00020004, 0, 0, 65_535, linkType[network.link]),
    ...sent.flatMap((each) => {
      const bytes = packetOf(network, each);
      const [seconds, micros] = [Math.floor(each.time / 1000), Math.round((each.time % 1000) * 1000)];
      return [words(little, seconds, micros, bytes.length, bytes.length), bytes];
    }),
  );

const block = (type: number, body: Uint8Array): Uint8Array => {
  const padded = concat(body, new Uint8Array((4 - (body.length % 4)) % 4));
  const length = 12 + padded.length;
  return concat(words(true, type, length), padded, words(true, length));
};

/** A pcapng file with times in milliseconds. */
export const pcapngFile = (network: Network, sent: readonly Sent[]): Uint8Array =>
  concat(
    block(pcapngBlock.sectionHeader, words(true, pcapngByteOrder, 1, 0xffffffff, 0xffffffff)),
    block(
      pcapngBlock.interfaceDescription,
      concat(words(true, linkType[network.link], 0, 0x00010009), Uint8Array.of(3, 0, 0, 0), words(true, 0)),
    ),
    ...sent.map((each) => {
      const bytes = packetOf(network, each);
      const head = words(true, 0, Math.floor(each.time / 2 ** 32), each.time % 2 ** 32, bytes.length, bytes.length);
      return block(pcapngBlock.enhancedPacket, concat(head, bytes));
    }),
  );
