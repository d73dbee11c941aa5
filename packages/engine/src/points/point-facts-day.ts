/** The local date of readings that come every few seconds. */
import type { Millis } from "@meterport/protocol/ports";
import { localDate } from "../calendar/local-calendar.ts";

/** Local days begin at full quarters of an hour everywhere, so that the date is looked up once in each. */
const quarter: Millis = 900_000;

/** For thousands of points in few zones, so that not each of them looks up the same date. */
const known = new Map<string, (time: Millis) => string>();

/**
 * The local date of a moment in a zone, cheap if moments follow each other.
 *
 * @example
 * dayIn("Europe/Copenhagen")(Date.UTC(2026, 0, 31, 23, 30)) // "2026-02-01"
 */
export const dayIn = (zone: string): ((time: Millis) => string) => {
  const dayOf = known.get(zone) ?? newDayIn(zone);
  known.set(zone, dayOf);
  return dayOf;
};

const newDayIn = (zone: string): ((time: Millis) => string) => {
  let [at, day] = [Number.NaN, ""];
  return (time) => {
    const now = Math.floor(time / quarter);
    if (now !== at) [at, day] = [now, localDate(zone, time)];
    return day;
  };
};
