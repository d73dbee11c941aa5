/** Values as an M-Bus device writes them, lowest byte first: integers, packed digits, reals, texts (EN 13757-3). */

/** What a data field holds. */
export type FieldValue =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "none" }
  /** `value`: it is marked as invalid, or is invalid; `range`: more digits than a number here can have. */
  | { readonly kind: "unknown"; readonly why: "value" | "range" };

const number = (value: number): FieldValue => ({ kind: "number", value });
const noValue: FieldValue = { kind: "unknown", why: "value" };

/** Two's complement; the lowest number stands for "not valid". */
export const integerField = (bytes: Uint8Array): FieldValue => {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const half = 1n << BigInt(8 * bytes.length - 1);
  if (value === half) return noValue;
  const signed = value > half ? value - 2n * half : value;
  return Number.isSafeInteger(Number(signed)) ? number(Number(signed)) : { kind: "unknown", why: "range" };
};

/** Packed digits; an F in the highest place is a minus, and any other digit beyond 9 makes it invalid. */
export const digitsField = (bytes: Uint8Array): FieldValue => {
  let text = "";
  for (const byte of bytes.toReversed()) text += byte.toString(16).padStart(2, "0");
  const minus = text.startsWith("f");
  const digits = minus ? text.slice(1) : text;
  if (!/^\d+$/.test(digits)) return noValue;
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return { kind: "unknown", why: "range" };
  return number(minus && value !== 0 ? -value : value);
};

/** IEEE 754 with 32 bits. */
export const realField = (bytes: Uint8Array): FieldValue => {
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true);
  return Number.isFinite(value) ? number(value) : noValue;
};

/** Text, its last character first; anything but a printable character of ISO 8859-1 becomes a question mark. */
export const plainCharacters = (bytes: Uint8Array): string =>
  [...bytes.toReversed()]
    .map((byte) => ((byte >= 0x20 && byte < 0x7f) || byte >= 0xa0 ? String.fromCharCode(byte) : "?"))
    .join("");

export const textField = (bytes: Uint8Array): FieldValue => ({ kind: "text", text: plainCharacters(bytes) });

/** How a field of variable length continues after its length byte. */
export interface VariableField {
  readonly length: number;
  readonly decode: (bytes: Uint8Array) => FieldValue;
}

const opaque = (): FieldValue => ({ kind: "unknown", why: "range" });

/** By the length byte LVAR; undefined for a reserved one, after which nothing more can be found. */
export const variableField = (lvar: number): VariableField | undefined => {
  if (lvar <= 0xbf) return { length: lvar, decode: textField };
  const count = lvar & 15;
  const digits =
    (sign: 1 | -1) =>
    (bytes: Uint8Array): FieldValue => {
      const found = bytes.length === 0 ? noValue : digitsField(bytes);
      return found.kind === "number" ? number(sign * found.value + 0) : found;
    };
  if (lvar >= 0xc0 && lvar <= 0xc9) return { length: count, decode: digits(1) };
  if (lvar >= 0xd0 && lvar <= 0xd9) return { length: count, decode: digits(-1) };
  if (lvar >= 0xe0 && lvar <= 0xef)
    return { length: count, decode: (bytes) => (bytes.length === 0 ? noValue : integerField(bytes)) };
  if (lvar >= 0xf0 && lvar <= 0xf4) return { length: 4 * (lvar - 0xec), decode: opaque };
  if (lvar === 0xf5) return { length: 48, decode: opaque };
  if (lvar === 0xf6) return { length: 64, decode: opaque };
  return undefined;
};

/** Bytes of the data fields 0 to 12 and 14 of a DIF; 13 is variable, 15 no data. */
export const fieldSizes: readonly number[] = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0];

/** The value of a field that is not of variable length. */
export const fixedField = (code: number, bytes: Uint8Array): FieldValue => {
  if (code === 0 || code === 8) return { kind: "none" };
  if (code === 5) return realField(bytes);
  return code < 8 ? integerField(bytes) : digitsField(bytes);
};
