/** Dates and times of M-Bus devices, by their own clock (EN 13757-3, data types F, G, I and J). */
import { twoDigits } from "../../digits.ts";
import { dayOf } from "../recurrent-dates.ts";

/** Day, month and year are packed alike in all of them: seven bits of year in two places. */
const dateFrom = (low: number, high: number): string | undefined => {
  const [day, month, year] = [low & 31, high & 15, (low >> 5) | ((high & 0xf0) >> 1)];
  if (year > 99 || dayOf({ year, month, day }) === undefined) return undefined;
  return `20${twoDigits(year)}-${twoDigits(month)}-${twoDigits(day)}`;
};

const timeFrom = (hour: number, minute: number, second: number): string | undefined =>
  hour > 23 || minute > 59 || second > 59 ? undefined : `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;

const joined = (date: string | undefined, time: string | undefined): string | undefined =>
  date === undefined || time === undefined ? undefined : `${date}T${time}`;

/**
 * A date (two bytes, type G), a date and time (four bytes, type F, or six, type I) or a time of day (three, type J), as
 * ISO 8601 without a zone; undefined for one that is marked as not valid, recurs, or is impossible.
 *
 * @example
 * mbusTime(Uint8Array.of(0x3a, 0x0d, 0xe6, 0x02)) // "2007-02-06T13:58:00"
 */
export const mbusTime = (bytes: Uint8Array): string | undefined => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes;
  switch (bytes.length) {
    case 2:
      return dateFrom(a, b);
    case 3:
      return timeFrom(c & 31, b & 63, a & 63);
    case 4: {
      // Two bits tell the century; written before 2000 they are 0, and most devices leave them so.
      const century = (b >> 5) & 3;
      if ((a & 0x80) !== 0 || century > 1) return undefined;
      return joined(dateFrom(c, d), timeFrom(b & 31, a & 63, 0));
    }
    case 6:
      return (b & 0x80) !== 0 ? undefined : joined(dateFrom(d, e), timeFrom(c & 31, b & 63, a & 63));
    default:
      return undefined;
  }
};
