/** Writes DER, the binary form of certificates: X.690, section 10. */

const lengthOf = (length: number): readonly number[] => {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
};

/** One value with its tag. */
export const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
};

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => der(0x31, ...parts);
export const octetString = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
/** Whole bytes: no bit is unused. */
export const bitString = (bytes: Uint8Array): Uint8Array => der(0x03, Uint8Array.of(0), bytes);
export const text = (value: string): Uint8Array => der(0x0c, Buffer.from(value, "utf8"));
/** Context-specific and constructed: `[0]` is `tagged(0, …)`. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Uint8Array => der(0xa0 | number, ...parts);

/** A positive number of these bytes, the highest first. */
export const positive = (bytes: Uint8Array): Uint8Array => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const own = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return (own[0] ?? 0) < 0x80 ? der(0x02, own) : der(0x02, Uint8Array.of(0), own);
};

/**
 * @example
 * objectId("2.5.4.3") // 06 03 55 04 03
 */
export const objectId = (dotted: string): Uint8Array => {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((arc) => {
    const own = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) own.unshift(0x80 | (rest & 0x7f));
    return own;
  });
  return der(0x06, Uint8Array.from(bytes));
};

/** With two digits for a year before 2050, as RFC 5280, section 4.1.2.5, has it. */
export const moment = (millis: number): Uint8Array => {
  const digits = `${new Date(millis).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return digits < "2050" ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
};
