/**
 * Dates and times of the guide's data types (MEP guide 1.1, pp. 46-48). They decode to their fields: whether they are
 * UTC or local time is a matter of the table, and a meter may report 31 February.
 */
import type { Layout, Simplify } from "./layout.ts";
import { u8, u16 } from "./primitives.ts";

/** Year of the century, 0 = 2000. */
export interface DateFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
export type StimeDate = Simplify<DateFields & { readonly hour: number; readonly minute: number }>;
export type LtimeDate = Simplify<StimeDate & { readonly second: number }>;
export interface Time {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const record = <T extends object>(type: string, names: readonly (keyof T & string)[]): Layout<T> => ({
  fixedSize: names.length,
  needs: [],
  size: () => names.length,
  describe: () => ({ kind: "record", bytes: names.length, type }),
  decode: (reader) => {
    const raw = reader.take(names.length);
    const out: Record<string, number> = {};
    for (let i = 0; i < names.length; i++) out[names[i] as string] = raw[i] as number;
    return out as T;
  },
  encode: (writer, value, env, scope) => {
    if (typeof value !== "object" || value === null) throw writer.error("shape", `needs ${names.join(", ")}`);
    for (const name of names) {
      writer.path.push(name);
      u8.encode(writer, value[name] as number, env, scope);
      writer.path.pop();
    }
  },
});

/** LTIME_DATE: year, month, day, hour, minute, second. */
export const ltimeDate: Layout<LtimeDate> = record("LTIME_DATE", ["year", "month", "day", "hour", "minute", "second"]);
/** STIME_DATE: year, month, day, hour, minute. */
export const stimeDate: Layout<StimeDate> = record("STIME_DATE", ["year", "month", "day", "hour", "minute"]);
/** TIME: hour, minute, second. */
export const time: Layout<Time> = record("TIME", ["hour", "minute", "second"]);
/** DATE: three bytes by the offsets of ET54.76..78; the guide uses it without defining it. */
export const date: Layout<DateFields> = record("DATE", ["year", "month", "day"]);

interface PackedField {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}
/** A 16-bit little-endian word filled from its lowest bit. */
const packed = <T extends object>(type: string, fieldsOf: (word: number) => readonly PackedField[]): Layout<T> => ({
  fixedSize: 2,
  needs: [],
  size: () => 2,
  describe: () => ({ kind: "record", bytes: 2, type }),
  decode: (reader, env, scope) => {
    const word = u16.decode(reader, env, scope);
    const out: Record<string, number> = {};
    for (const { name, low, high } of fieldsOf(word)) out[name] = (word >> low) & (2 ** (high - low + 1) - 1);
    return out as T;
  },
  encode: (writer, value, env, scope) => {
    if (typeof value !== "object" || value === null) throw writer.error("shape", `needs the fields of an ${type}`);
    const fields = value as Record<string, unknown>;
    const month = typeof fields.month === "number" ? fields.month & 15 : 0;
    let word = 0;
    for (const { name, low, high } of fieldsOf(month)) {
      const n = fields[name] ?? (name.startsWith("filler") ? 0 : undefined);
      const top = 2 ** (high - low + 1) - 1;
      writer.path.push(name);
      if (typeof n !== "number" || !Number.isInteger(n) || n < 0 || n > top) throw writer.notWhole(n, 0, top);
      writer.path.pop();
      word += n * 2 ** low;
    }
    u16.encode(writer, word, env, scope);
  },
});

/** ANSI_DATE: one date, year from 2000. */
export const ansiDate: Layout<DateFields> = packed("ANSI_DATE", () => [
  { name: "year", low: 0, high: 6 },
  { name: "month", low: 7, high: 10 },
  { name: "day", low: 11, high: 15 },
]);

/** A recurrent date; which fields it has depends on `month` (1..12 a month, 13 monthly, 14 weekly, 15 periodic). */
export type RecurrentDate =
  | { readonly month: number; readonly offset: number; readonly weekday: number; readonly day: number }
  | { readonly month: 14; readonly filler4: number; readonly weekday: number; readonly filler11: number }
  | { readonly month: 15; readonly period: number; readonly delta: number };
const month: PackedField = { name: "month", low: 0, high: 3 };
const weekday: PackedField = { name: "weekday", low: 8, high: 10 };
export const rdate: Layout<RecurrentDate> = packed("RDATE", (word) => {
  switch (word & 15) {
    case 15:
      return [month, { name: "period", low: 4, high: 9 }, { name: "delta", low: 10, high: 15 }];
    case 14:
      return [month, { name: "filler4", low: 4, high: 7 }, weekday, { name: "filler11", low: 11, high: 15 }];
    default:
      return [month, { name: "offset", low: 4, high: 7 }, weekday, { name: "day", low: 11, high: 15 }];
  }
});

const daysIn = (year: number, month: number): number => new Date(Date.UTC(2000 + year, month, 0)).getUTCDate();
/** Whether the calendar has that day and the clock that time. Meters report 0 or 255 where they do not know. */
export const isRealDate = (date: DateFields & Partial<Time>): boolean =>
  date.year >= 0 &&
  date.year <= 99 &&
  date.month >= 1 &&
  date.month <= 12 &&
  date.day >= 1 &&
  date.day <= daysIn(date.year, date.month) &&
  (date.hour ?? 0) <= 23 &&
  (date.minute ?? 0) <= 59 &&
  (date.second ?? 0) <= 59;

/**
 * Milliseconds since 1970-01-01T00:00Z of a date that the table states in UTC; `undefined` for an impossible one.
 *
 * @example
 * utcMillis({ year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 }) // 1076947195000
 */
export const utcMillis = (date: DateFields & Partial<Time>): number | undefined =>
  isRealDate(date)
    ? Date.UTC(2000 + date.year, date.month - 1, date.day, date.hour ?? 0, date.minute ?? 0, date.second ?? 0)
    : undefined;

/**
 * The fields of an instant in UTC, for tables that keep UTC. Years before 2000 or after 2099 have no such fields.
 *
 * @throws RangeError
 * @example
 * utcFields(1076947195000) // { year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 }
 */
export const utcFields = (millis: number): LtimeDate => {
  const at = new Date(millis);
  const year = at.getUTCFullYear() - 2000;
  if (!(year >= 0 && year <= 99)) throw new RangeError(`${millis} ms is not in the years 2000 to 2099`);
  return {
    year,
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
};
