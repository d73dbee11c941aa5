/** Dates and times of M-Bus devices, by their own clock (EN 13757-3, data types F, G, I and J). */
import { twoDigits } from "@meterport/protocol/digits";
import { dayOf } from "@meterport/protocol/meaning/recurrent-dates";

/** What a packed date or time says. */
export interface MbusTimePoint {
  /** ISO 8601 without a zone; null if it recurs. */
  readonly time: string | null;
  /** With a star for each part that may be anything, as in "*-12-31"; null for a single moment. */
  readonly recurring: string | null;
  /** The device says that its clock is at summer time. */
  readonly summerTime: boolean;
}

/** Undefined marks what is impossible. */
type Text = string | undefined;
const every = "*";

const part = (value: number, most: number, any: number): Text => {
  if (value === any) return every;
  return value > most ? undefined : twoDigits(value);
};

const yearText = (year: number, century: number): string => {
  // Two bits tell the century. Devices from before 2000 leave them 0, and then two digits up to 80 are after 2000.
  const base = century === 0 && year <= 80 ? 2000 : 1900 + 100 * century;
  return String(base + year);
};

/** Day, month and year are packed alike in all of them: seven bits of year in two places. */
const dateFrom = (low: number, high: number, century = 0): Text => {
  const [day, month, year] = [low & 31, high & 15, (low >> 5) | ((high & 0xf0) >> 1)];
  // All bits set is how a device says that it has no date.
  if (day === 31 && month === 15 && year === 127) return undefined;
  if ((year > 99 && year !== 127) || month === 0 || (month > 12 && month !== 15)) return undefined;
  const years = year === 127 ? every : yearText(year, century);
  // In any year and month, a day is possible if it is in some of them: in a leap year, and in one of 31 days.
  const whole = { year: year === 127 ? 0 : Number(years) - 2000, month: month === 15 ? 1 : month, day: day || 1 };
  if (dayOf(whole) === undefined) return undefined;
  return `${years}-${month === 15 ? every : twoDigits(month)}-${day === 0 ? every : twoDigits(day)}`;
};

const timeFrom = (hour: number, minute: number, second: number): Text => {
  const parts = [part(hour, 23, 31), part(minute, 59, 63), part(second, 59, 63)];
  return parts.includes(undefined) ? undefined : parts.join(":");
};

const joined = (date: Text, time: Text): Text =>
  date === undefined || time === undefined ? undefined : `${date}T${time}`;

const textFrom = (bytes: Uint8Array): Text => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes;
  switch (bytes.length) {
    case 2:
      return dateFrom(a, b);
    case 3:
      return timeFrom(c & 31, b & 63, a & 63);
    case 4:
      return (a & 0x80) !== 0 ? undefined : joined(dateFrom(c, d, (b >> 5) & 3), timeFrom(b & 31, a & 63, 0));
    case 6:
      return (b & 0x80) !== 0 ? undefined : joined(dateFrom(d, e), timeFrom(c & 31, b & 63, a & 63));
    default:
      return undefined;
  }
};

/**
 * A date (two bytes, type G), a date and time (four bytes, type F, or six, type I) or a time of day (three, type J);
 * undefined for one that is marked as not valid, or is impossible.
 *
 * @example
 * mbusTimePoint(Uint8Array.of(0xff, 0xfc))?.recurring // "*-12-31"
 */
export const mbusTimePoint = (bytes: Uint8Array): MbusTimePoint | undefined => {
  const text = textFrom(bytes);
  if (text === undefined) return undefined;
  const [a = 0, b = 0] = bytes;
  const recurs = text.includes(every);
  return {
    time: recurs ? null : text,
    recurring: recurs ? text : null,
    summerTime: (bytes.length === 4 && (b & 0x80) !== 0) || (bytes.length === 6 && (a & 0x40) !== 0),
  };
};

/**
 * The same as ISO 8601 without a zone; undefined also for one that recurs.
 *
 * @example
 * mbusTime(Uint8Array.of(0x3a, 0x0d, 0xe6, 0x02)) // "2007-02-06T13:58:00"
 */
export const mbusTime = (bytes: Uint8Array): string | undefined => mbusTimePoint(bytes)?.time ?? undefined;
