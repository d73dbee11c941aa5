/** What pcapng files (draft-ietf-opsawg-pcapng) and the packets in them are made of; of pcap files `../pcap-format.ts` tells. */
import { linkTypeRaw } from "./pcap-format.ts";

/** Types of blocks of a pcapng file. */
export const pcapngBlock = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;
/** In a section header: tells its byte order. */
export const pcapngByteOrder = 0x1a2b3c4d;
/** Options of an interface description. */
export const pcapngOption = { end: 0, timeResolution: 9 } as const;

/** What the packets of an interface begin with (the LINKTYPE_ registry). */
export const linkType = {
  null: 0,
  ethernet: 1,
  raw: linkTypeRaw,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

export const etherType = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, serviceVlan: 0x88a8 } as const;
export const ipProtocol = { hopByHop: 0, tcp: 6, routing: 43, fragment: 44, destination: 60 } as const;
export const tcpFlag = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;
