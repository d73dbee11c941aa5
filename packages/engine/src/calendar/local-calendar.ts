/** Local days and months of a time zone as moments in UTC. Days have 23, 24 or 25 hours, so nothing here adds 24 hours to get a day. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";

const hour: Millis = 3_600_000;
const day: Millis = 24 * hour;
/** No zone is further from UTC. */
const mostOffset: Millis = 15 * hour;
/** More bounds are a mistake of the caller: ten years of days. */
const mostBounds = 3_700;

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
    return format;
  } catch (cause) {
    throw new UsageError("zone", "this is not a time zone: give an IANA name such as Europe/Copenhagen or UTC", {
      cause,
    });
  }
};

/** The zone of this machine, for points that do not name one. */
export const machineZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * What a clock on the wall shows, as milliseconds since 1970-01-01T00:00 local.
 *
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * localMillis("Europe/Copenhagen", Date.UTC(2026, 6, 1, 12)) // 1782914400000
 */
export const localMillis = (zone: string, time: Millis): Millis => {
  const parts: Record<string, number> = {};
  const whole = Math.floor(time / 1000) * 1000;
  for (const { type, value } of formatOf(zone).formatToParts(whole)) parts[type] = Number(value);
  const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, date, hours, minute, second) + (time - whole);
};

/** Days since 1970-01-01 on the local calendar. */
const dayNumber = (zone: string, time: Millis): number => Math.floor(localMillis(zone, time) / day);

/** The first moment of a local day. If clocks skip its midnight, that is when they skip it; if they repeat it, the first one. */
const dayStart = (zone: string, number: number): Millis => {
  const midnight = number * day;
  const offset = (time: Millis): Millis => localMillis(zone, time) - time;
  const candidates = [midnight - offset(midnight - day), midnight - offset(midnight + day)].sort((a, b) => a - b);
  for (const time of candidates)
    if (dayNumber(zone, time) === number && dayNumber(zone, time - 1000) < number) return time;
  // A zone that changed sides of the date line has days that never were: they begin and end when the next one begins.
  let [low, high] = [midnight - mostOffset, midnight + day + mostOffset];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (dayNumber(zone, middle) >= number) high = middle;
    else low = middle;
  }
  return high;
};

/**
 * The moment at which a local clock shows a time; the first of two if clocks repeat it, and if they skip it, the one that it would
 * have been without the change.
 *
 * @param local milliseconds since 1970-01-01T00:00 local
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * utcOfLocal("Europe/Copenhagen", Date.UTC(2026, 9, 25, 2, 30)) // 1792888200000
 */
export const utcOfLocal = (zone: string, local: Millis): Millis => {
  const offset = (time: Millis): Millis => localMillis(zone, time) - time;
  const [before, after] = [local - offset(local - day), local - offset(local + day)];
  const right = [before, after].filter((time) => localMillis(zone, time) === local);
  return right.length === 0 ? before : Math.min(...right);
};

const ascending = (bounds: Iterable<Millis>): Millis[] => [...new Set(bounds)].sort((a, b) => a - b);

const checkCount = (count: number, unit: string): void => {
  if (count > mostBounds)
    throw new UsageError("range", `the range has ${count} ${unit}, more than ${mostBounds}: ask for a shorter one`);
};

/**
 * The local midnights that enclose a range, ascending: from the beginning of the day that holds `from` to the end of the day that
 * holds the last moment before `to`.
 *
 * @throws UsageError if there is no such zone, or the range has too many days
 * @example
 * dayBounds("Europe/Copenhagen", Date.UTC(2026, 2, 29, 12), Date.UTC(2026, 2, 29, 13)) // [1774738800000, 1774821600000]
 */
export const dayBounds = (zone: string, from: Millis, to: Millis): readonly Millis[] => {
  if (!(from < to)) return [];
  const [first, last] = [dayNumber(zone, from), dayNumber(zone, to - 1) + 1];
  checkCount(last - first, "days");
  return ascending(Array.from({ length: last - first + 1 }, (_, i) => dayStart(zone, first + i)));
};

const monthNumber = (local: Millis): number => {
  const date = new Date(local);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
};

/**
 * The beginnings of local months that enclose a range, ascending, as `dayBounds` does with days.
 *
 * @throws UsageError if there is no such zone, or the range has too many months
 * @example
 * monthBounds("UTC", Date.UTC(2026, 0, 15), Date.UTC(2026, 1, 1)) // [1767225600000, 1769904000000]
 */
export const monthBounds = (zone: string, from: Millis, to: Millis): readonly Millis[] => {
  if (!(from < to)) return [];
  const [first, last] = [monthNumber(localMillis(zone, from)), monthNumber(localMillis(zone, to - 1)) + 1];
  checkCount(last - first, "months");
  const months = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return ascending(months.map((month) => dayStart(zone, Date.UTC(Math.floor(month / 12), month % 12) / day)));
};

/** The beginning of the local day that holds a moment. @throws UsageError (`zone`) if there is no such zone */
export const startOfDay = (zone: string, time: Millis): Millis => dayStart(zone, dayNumber(zone, time));

/**
 * A local date as people write it.
 *
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * localDate("Europe/Copenhagen", Date.UTC(2026, 0, 31, 23, 30)) // "2026-02-01"
 */
export const localDate = (zone: string, time: Millis): string =>
  new Date(localMillis(zone, time)).toISOString().slice(0, 10);

/**
 * How far the standard time of a zone is ahead of UTC in the year of a moment.
 *
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * standardOffset("Europe/Copenhagen", Date.UTC(2026, 6, 1)) // 3600000
 */
export const standardOffset = (zone: string, time: Millis): Millis => {
  const year = new Date(time).getUTCFullYear();
  return Math.min(...[0, 6].map((month) => localMillis(zone, Date.UTC(year, month)) - Date.UTC(year, month)));
};
