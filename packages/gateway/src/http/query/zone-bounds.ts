/** The days, months and years of a time zone that touch a range. */
import { dayBounds, localMillis, monthBounds, startOfDay, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";

export const periods = ["day", "month", "year"] as const;
export type Period = (typeof periods)[number];

const noon: Millis = 43_200_000;
/** The shortest of each. */
const least: Readonly<Record<Period, Millis>> = { day: 82_800_000, month: 28 * 82_800_000, year: 365 * 82_800_000 };

const yearBounds = (zone: string, from: Millis, to: Millis): readonly Millis[] => {
  const yearOf = (time: Millis): number => new Date(localMillis(zone, time)).getUTCFullYear();
  const first = yearOf(from);
  return Array.from({ length: yearOf(to - 1) - first + 2 }, (_, n) =>
    startOfDay(zone, utcOfLocal(zone, Date.UTC(first + n, 0, 1) + noon)),
  );
};

const boundsOf = { day: dayBounds, month: monthBounds, year: yearBounds } as const;

/**
 * The bounds of all periods that touch a range, ascending: one more than there are periods. Undefined if they are more than `most`.
 *
 * @example
 * periodBounds("Europe/Berlin", "year", Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 2), 9) // [1767222000000, 1798758000000]
 */
export const periodBounds = (
  zone: string,
  period: Period,
  from: Millis,
  to: Millis,
  most: number,
): readonly Millis[] | undefined => {
  // Without asking the calendar, which would look up each of them.
  if ((to - from) / least[period] > most + 2) return undefined;
  const bounds = boundsOf[period](zone, from, to);
  return bounds.length > most + 1 ? undefined : bounds;
};
