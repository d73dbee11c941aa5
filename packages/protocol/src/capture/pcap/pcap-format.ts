/** What a pcap file is made of: the classic format of libpcap, as its manual page pcap-savefile(5) has it. */

/** First word of a file with microseconds, in the writer's byte order. */
export const pcapMagic = 0xa1b2c3d4;
/** The same for nanoseconds. */
export const pcapMagicNanoseconds = 0xa1b23c4d;
/** Bytes in front of the first packet. */
export const pcapFileHeader = 24;
/** Bytes in front of each packet: seconds, fraction, bytes in the file, bytes on the line. */
export const pcapPacketHeader = 16;
/** Link type of packets that begin with their IP header. */
export const linkTypeRaw = 101;
/** The TCP port that stands for the meter's bridge in converted captures, as in the documentation. */
export const bridgePort = 4059;
