/** Values of fields for people. */

import { toHex } from "@meterport/protocol/bytes";
import { twoDigits } from "@meterport/protocol/digits";
import type { FieldMeta } from "@meterport/protocol/layout/layout";
import { plainText } from "@meterport/protocol/plain-text";
import { isShown } from "@meterport/protocol/secret-fields";

const isNumbers = (value: object): value is Readonly<Record<string, number>> =>
  Object.values(value).every((part) => typeof part === "number");

/** Dates and times decode to their fields; a two-digit year gets its century. */
const dateText = (value: Readonly<Record<string, number>>): string => {
  const { year, month, day, hour, minute, second } = value;
  const date =
    year !== undefined && month !== undefined && day !== undefined
      ? `20${twoDigits(year)}-${twoDigits(month)}-${twoDigits(day)}`
      : "";
  const time =
    hour !== undefined && minute !== undefined
      ? `${twoDigits(hour)}:${twoDigits(minute)}${second === undefined ? "" : `:${twoDigits(second)}`}`
      : "";
  const known = Object.keys(value).length === (date === "" ? 0 : 3) + (time === "" ? 0 : second === undefined ? 2 : 3);
  if (known && date + time !== "") return [date, time].filter((part) => part !== "").join(" ");
  return Object.entries(value)
    .map(([name, part]) => `${name} ${part}`)
    .join(", ");
};

/**
 * A value whose texts are safe to show, whatever a meter or a file put into them: for people only, since JSON is exact.
 *
 * @example
 * plainValue({ id: "a\nb" }) // { id: "a·b" }
 */
export const plainValue = <T>(value: T): T => {
  if (typeof value === "string") return plainText(value) as T;
  if (Array.isArray(value)) return value.map(plainValue) as T;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainValue(part)])) as T;
};

/**
 * Whole numbers in a line; three or more consecutive ones as "3-5".
 *
 * @example
 * numbersText([0, 1, 2, 3, 10, 12, 13]) // "0-3, 10, 12, 13"
 */
export const numbersText = (numbers: readonly number[]): string => {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    const first = numbers[i] as number;
    let end = i + 1;
    while (end < numbers.length && numbers[end] === first + end - i) end++;
    if (end - i >= 3) parts.push(`${first}-${numbers[end - 1]}`);
    else parts.push(...numbers.slice(i, end).map(String));
    i = end;
  }
  return parts.join(", ");
};

/** A list of numbers that is one value: a set, or half bytes. */
export const isNumberList = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((part) => typeof part === "number");

/**
 * A leaf's value in plain words.
 *
 * @example
 * valueText({ year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 }) // "2004-02-16 15:59:55"
 */
export const valueText = (value: unknown): string => {
  if (value instanceof Uint8Array) return toHex(value, " ");
  if (typeof value === "string") return `"${plainText(value)}"`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isNumberList(value)) return value.length === 0 ? "none" : numbersText(value);
  if (typeof value === "object" && value !== null && isNumbers(value)) return dateText(value);
  return value === undefined || value === null ? "–" : String(value);
};

/**
 * The value, or a placeholder if its field holds a key.
 *
 * @example
 * shownValue("devices.0.securityKey", Uint8Array.of(7)) // "[secret]"
 */
export const shownValue = (path: string, value: unknown): unknown =>
  value instanceof Uint8Array && !isShown(path, value) ? "[secret]" : value;

/** The guide's name of a value, if it gives one. */
export const nameOfValue = (value: unknown, meta: FieldMeta): string | undefined =>
  typeof value === "number" ? meta.names?.[value] : undefined;
