/** Numbers, times and texts as the data field of an M-Bus record: the other way of `data-fields.ts` and `times.ts`. */
import { LayoutError } from "@meterport/protocol/errors";
import { mbusTimePoint } from "./times.ts";

/** A data field and its code in the DIF. */
export interface EncodedField {
  readonly dif: number;
  readonly bytes: readonly number[];
}

export const refuse = (path: string, detail: string): LayoutError =>
  new LayoutError("range", { path, offset: 0 }, detail);

/** Bytes of integers and of packed digits, each with its code. */
const integerCodes = [1, 2, 3, 4, 6, 8] as const;
const integerDifs: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 6: 6, 8: 7 };
const digitDifs: Readonly<Record<number, number>> = { 1: 9, 2: 10, 3: 11, 4: 12, 6: 14 };
const digitSizes = [1, 2, 3, 4, 6] as const;

/** The lowest number of a size means "not valid" and is none. */
const fitsInteger = (value: number, size: number, unsigned: boolean): boolean =>
  Number.isSafeInteger(value) && (unsigned ? value >= 0 && value < 256 ** size : Math.abs(value) < 2 ** (8 * size - 1));

const lowestFirst = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));

/**
 * A whole number as an integer of `size` bytes, or of as few as it needs.
 *
 * @throws LayoutError if it does not fit
 */
export const encodeInteger = (value: number, size?: number, unsigned = false): EncodedField => {
  const fitting = integerCodes.find((n) => fitsInteger(value, n, unsigned) && (size === undefined || n === size));
  if (fitting === undefined) throw refuse("value", `${value} does not fit an integer of ${size ?? 8} bytes`);
  return { dif: integerDifs[fitting] ?? 0, bytes: lowestFirst(value, fitting) };
};

/** Digits in pairs, the lowest pair first; a minus takes the place of the highest digit. */
const packed = (digits: string): number[] =>
  (digits.match(/../g) ?? []).reverse().map((pair) => Number.parseInt(pair, 16));

/**
 * A whole number as packed digits in `size` bytes, or in as few as it needs.
 *
 * @throws LayoutError if it does not fit
 */
export const encodeDigits = (value: number | string, size?: number): EncodedField => {
  const text = String(value);
  const minus = text.startsWith("-");
  const digits = minus ? text.slice(1) : text;
  const fitting = digitSizes.find(
    (n) => 2 * n >= digits.length + (minus ? 1 : 0) && (size === undefined || n === size),
  );
  if (fitting === undefined || !/^\d+$/.test(digits))
    throw refuse("value", `${text} does not fit ${2 * (size ?? 6)} packed digits`);
  const filled = minus ? `f${digits.padStart(2 * fitting - 1, "0")}` : digits.padStart(2 * fitting, "0");
  return { dif: digitDifs[fitting] ?? 0, bytes: packed(filled) };
};

/** A number as IEEE 754 with 32 bits; what it rounds to may differ in the seventh digit. */
export const encodeReal = (value: number): EncodedField => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  if (!Number.isFinite(view.getFloat32(0, true))) throw refuse("value", `${value} does not fit a real of 32 bits`);
  return { dif: 5, bytes: [0, 1, 2, 3].map((i) => view.getUint8(i)) };
};

const longestText = 0xbf;
const variable = 13;

/** Characters of ISO 8859-1, the last one first, without a length. @throws LayoutError for any other */
export const characters = (text: string, path = "text"): number[] => {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0).reverse();
  if (codes.length > longestText) throw refuse(path, `${codes.length} characters, and at most ${longestText} fit`);
  const strange = codes.find((code) => code > 0xff);
  if (strange !== undefined)
    throw refuse(path, `U+${strange.toString(16).padStart(4, "0")} is not a character of ISO 8859-1`);
  return codes;
};

export const encodeText = (text: string): EncodedField => {
  const codes = characters(text);
  return { dif: variable, bytes: [codes.length, ...codes] };
};

const timePattern = /^(?:(\d{4})-(\d\d)-(\d\d))?(?:T?(\d\d):(\d\d)(?::(\d\d))?)?$/;
/** Two digits are of these years, unless two bits tell the century. */
const [oldestYear, latestWithoutCentury, latestYear] = [1981, 2080, 2299] as const;

/** Day, month and two digits of the year in two bytes. */
const dateBytes = (year: number, month: number, day: number): [number, number] => {
  const short = year % 100;
  return [day | ((short & 7) << 5), month | ((short >> 3) << 4)];
};

/** The two bits of the century: none in the years that two digits alone mean already. */
const centuryOf = (year: number): number => (year <= latestWithoutCentury ? 0 : Math.floor((year - 1900) / 100));

const timeFields = (text: string): EncodedField => {
  const found = timePattern.exec(text);
  if (found === null || text === "")
    throw refuse("time", `${JSON.stringify(text.slice(0, 40))} is no date or time of ISO 8601`);
  const [years, month = 0, day = 0, hours, minute = 0, second = 0] = found
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  if (years === undefined) return { dif: 3, bytes: [second, minute, hours ?? 0] };
  const withCentury = hours !== undefined && second === 0;
  if (years < oldestYear || years > (withCentury ? latestYear : latestWithoutCentury))
    throw refuse(
      "time",
      `the year ${years} has no place in ${withCentury ? "a packed date" : "this kind of packed date"}`,
    );
  const [low, high] = dateBytes(years, month, day);
  if (hours === undefined) return { dif: 2, bytes: [low, high] };
  if (withCentury) return { dif: 4, bytes: [minute, hours | (centuryOf(years) << 5), low, high] };
  return { dif: 6, bytes: [second, minute, hours, low, high, 0] };
};

/**
 * A date ("2026-01-31", type G), a date and time (type F, or I if it has seconds) or a time of day ("23:59:05", type J).
 *
 * @throws LayoutError for any other text, one that no calendar or clock has, and years before 1981 or after 2299
 */
export const encodeTime = (text: string): EncodedField => {
  const field = timeFields(text);
  if (mbusTimePoint(Uint8Array.from(field.bytes))?.time === undefined)
    throw refuse("time", `no calendar or clock has ${JSON.stringify(text)}`);
  return field;
};
