/** What a receiver makes of bytes that were sent at another speed. */

/** Start bit, eight data bits from the lowest on, stop bit. */
const bitsPerByte = 10;

/**
 * Bytes as a receiver at `heardAt` bits per second samples them when they are sent back to back at `sentAt`: it waits for a
 * falling edge and then looks once into the middle of each of its bits. A wrong stop bit does not hold the byte back.
 *
 * @example
 * heardAs(Uint8Array.of(1, 2), 9600, 9600) // Uint8Array [1, 2]
 * heardAs(Uint8Array.of(0), 9600, 19200) // Uint8Array [0]
 */
export const heardAs = (bytes: Uint8Array, sentAt: number, heardAt: number): Uint8Array => {
  const total = bytes.length * bitsPerByte;
  const level = (bit: number): number => {
    const index = Math.floor(bit);
    if (index < 0 || index >= total) return 1;
    const place = index % bitsPerByte;
    if (place === 0) return 0;
    return place === bitsPerByte - 1 ? 1 : ((bytes[Math.floor(index / bitsPerByte)] as number) >> (place - 1)) & 1;
  };
  /** One bit of the receiver, in bits of the sender. */
  const width = sentAt / heardAt;
  const heard: number[] = [];
  for (let edge = 0; edge < total; ) {
    if (level(edge) === 1 || level(edge - 1) === 0) {
      edge++;
      continue;
    }
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= level(edge + (bit + 1.5) * width) << bit;
    heard.push(byte);
    // The next edge is looked for after the middle of the stop bit; a line that is still low there has to rise first.
    edge = Math.max(edge + 1, Math.ceil(edge + 9.5 * width));
  }
  return Uint8Array.from(heard);
};
