/** The CRC of C12.18 packets: that of HDLC, x^16 + x^12 + x^5 + 1, reflected, begun and ended with ones. */

/** What comes of a packet together with its own CRC. */
export const crcOfWhole = 0x0f47;

const polynomial = 0x8408;

/**
 * The CRC of some bytes, 0 to 65535. A packet carries its low byte first.
 *
 * @example
 * crc16(Uint8Array.of(0xee, 0, 0, 0, 0, 1, 0x20)) // 0x1013
 */
export const crc16 = (bytes: Iterable<number>): number => {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return crc ^ 0xffff;
};
