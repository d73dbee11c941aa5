/** Hexadecimal and concatenation: the two things everybody does with bytes. */

const digits: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));

/**
 * Bytes as lower-case hexadecimal, with an optional separator.
 *
 * @example
 * toHex(Uint8Array.of(0, 0x2c)) // "002c"
 */
export const toHex = (bytes: Uint8Array, separator = ""): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (i > 0 ? separator : "") + digits[bytes[i] as number];
  return text;
};

/**
 * Bytes of a hexadecimal text; white space, colons, dashes and commas between bytes are allowed, and so is `0x`.
 * Returns `undefined` where the text is not hexadecimal, because only the caller knows what to call it in a message.
 *
 * @example
 * fromHex("00:2C") // Uint8Array [0, 44]
 */
export const fromHex = (text: string): Uint8Array | undefined => {
  const plain = text.replace(/\b0x/gi, "").replace(/[\s:,-]+/g, "");
  if (plain.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(plain)) return undefined;
  const out = new Uint8Array(plain.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(plain.slice(2 * i, 2 * i + 2), 16);
  return out;
};

/**
 * The parts one after another.
 *
 * @example
 * concat(Uint8Array.of(1), Uint8Array.of(2, 3)) // Uint8Array [1, 2, 3]
 */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/**
 * Whether both hold the same bytes; the time taken depends on the length only.
 *
 * @example
 * equalBytes(Uint8Array.of(1), Uint8Array.of(1)) // true
 */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
};
