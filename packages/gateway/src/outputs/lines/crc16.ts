/** CRC-16 with the reversed polynomial 0xA001, as P1 (from 0) and Modbus RTU (from 0xFFFF) use it. */

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  return crc;
});

/**
 * @param initial 0 for CRC-16/ARC, 0xFFFF for CRC-16/MODBUS
 * @example
 * crc16(new TextEncoder().encode("123456789"), 0) // 0xbb3d
 * @example
 * crc16(new TextEncoder().encode("123456789"), 0xffff) // 0x4b37
 */
export const crc16 = (bytes: Uint8Array, initial: 0 | 0xffff): number => {
  let crc: number = initial;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return crc;
};
