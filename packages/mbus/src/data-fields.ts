/** Values as an M-Bus device writes them, lowest byte first: integers, packed digits, reals, texts (EN 13757-3). */

/** What a data field holds. `digits`: as a device shows them, leading zeros included. */
export type FieldValue =
  | { readonly kind: "number"; readonly value: number; readonly digits: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "none" }
  /**
   * `value`: it is marked as invalid, or is invalid; `range`: more digits than a number here can have. `digits` are what
   * was sent, with letters where they are no decimal ones; absent if the device says that there are none.
   */
  | { readonly kind: "unknown"; readonly why: "value" | "range"; readonly digits?: string };

const noValue: FieldValue = { kind: "unknown", why: "value" };

const whole = (value: number, digits: string): FieldValue =>
  Number.isSafeInteger(value) ? { kind: "number", value, digits } : { kind: "unknown", why: "range", digits };

const unsignedOf = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
};

/** Two's complement (type B); the lowest number stands for "not valid". */
export const integerField = (bytes: Uint8Array): FieldValue => {
  if (bytes.length === 0) return noValue;
  const value = unsignedOf(bytes);
  const half = 1n << BigInt(8 * bytes.length - 1);
  if (value === half) return noValue;
  const signed = value > half ? value - 2n * half : value;
  return whole(Number(signed), String(signed));
};

/** Without a sign, as identifications and bits are (types C and D). */
const unsignedField = (bytes: Uint8Array): FieldValue => {
  const value = unsignedOf(bytes);
  return bytes.length === 0 ? noValue : whole(Number(value), String(value));
};

/** Packed digits (type A); an F in the highest place is a minus, and any other digit beyond 9 makes it invalid. */
export const digitsField = (bytes: Uint8Array): FieldValue => {
  let text = "";
  for (const byte of bytes.toReversed()) text += byte.toString(16).padStart(2, "0");
  const minus = text.startsWith("f");
  const digits = minus ? text.slice(1) : text;
  if (!/^\d+$/.test(digits)) return /^f*$/.test(text) ? noValue : { ...noValue, digits: text };
  const value = Number(digits);
  return whole(minus && value !== 0 ? -value : value, minus ? `-${digits}` : digits);
};

/** The shortest number of which these 32 bits are the nearest: 0.1, and not 0.10000000149. */
const shortest = (value: number): number => {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};

/** IEEE 754 with 32 bits (type H). */
const realField = (bytes: Uint8Array): FieldValue => {
  const value = shortest(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true));
  return Number.isFinite(value) ? { kind: "number", value, digits: String(value) } : noValue;
};

/** Text, its last character first; anything but a printable character of ISO 8859-1 becomes a question mark. */
export const plainCharacters = (bytes: Uint8Array): string =>
  [...bytes.toReversed()]
    .map((byte) => ((byte >= 0x20 && byte < 0x7f) || byte >= 0xa0 ? String.fromCharCode(byte) : "?"))
    .join("");

const textField = (bytes: Uint8Array): FieldValue => ({ kind: "text", text: plainCharacters(bytes) });

/** How the bytes of a field become a value, unless its quantity asks for another way. */
export type Coding = "text" | "digits" | "minus" | "integer" | "real" | "none" | "opaque";

export interface FieldShape {
  readonly length: number;
  readonly coding: Coding;
}

/** By the length byte LVAR; undefined for a reserved one, after which nothing more can be found. */
export const variableShape = (lvar: number): FieldShape | undefined => {
  if (lvar <= 0xbf) return { length: lvar, coding: "text" };
  const length = lvar & 15;
  if (lvar < 0xd0) return { length, coding: "digits" };
  if (lvar < 0xe0) return { length, coding: "minus" };
  if (lvar < 0xf0) return { length, coding: "integer" };
  if (lvar <= 0xf4) return { length: 4 * (lvar - 0xec), coding: "opaque" };
  if (lvar === 0xf5) return { length: 48, coding: "opaque" };
  return lvar === 0xf6 ? { length: 64, coding: "opaque" } : undefined;
};

/** Bytes of the data fields 0 to 12 and 14 of a DIF; 13 is variable, 15 no data. */
export const fieldSizes: readonly number[] = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0];

/** A field that is not of variable length. */
export const fixedShape = (code: number): FieldShape => {
  const length = fieldSizes[code] ?? 0;
  if (length === 0) return { length, coding: "none" };
  if (code === 5) return { length, coding: "real" };
  return { length, coding: code < 8 ? "integer" : "digits" };
};

/** `unsigned`: integers have no sign. */
export const fieldValue = (coding: Coding, bytes: Uint8Array, unsigned = false): FieldValue => {
  switch (coding) {
    case "text":
      return textField(bytes);
    case "digits":
      return bytes.length === 0 ? noValue : digitsField(bytes);
    case "minus": {
      const found = bytes.length === 0 ? noValue : digitsField(bytes);
      return found.kind === "number" ? { ...found, value: 0 - found.value, digits: `-${found.digits}` } : found;
    }
    case "integer":
      return unsigned ? unsignedField(bytes) : integerField(bytes);
    case "real":
      return realField(bytes);
    case "opaque":
      return { kind: "unknown", why: "range" };
    default:
      return { kind: "none" };
  }
};
