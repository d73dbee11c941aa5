/** The clock on the kitchen wall: Central European time, because people cook by it and the sun does not. */

const DAY = 86_400;
const HOUR = 3600;

/** The year that was asked for last, as Unix seconds: finding one takes a date object, and time moves slowly through years. */
const known = { year: Number.NaN, from: Number.NaN, to: Number.NaN };

/**
 * The year of a moment by UTC, from Unix seconds.
 *
 * @example
 * utcYear(1_735_689_599) // 2024
 * utcYear(1_735_689_600) // 2025
 */
export function utcYear(unix: number): number {
  if (unix >= known.from && unix < known.to) return known.year;
  const year = new Date(unix * 1000).getUTCFullYear();
  known.year = year;
  known.from = Date.UTC(year, 0) / 1000;
  known.to = Date.UTC(year + 1, 0) / 1000;
  return year;
}

/** Days that were asked for, by year and month: they are asked for again and again, and finding one takes a date object. */
const sundays = new Map<number, number>();

/**
 * The last Sunday of a month of 31 days (0 = January), as days since 1970-01-01: on it the EU changes its clocks.
 *
 * @example
 * lastSunday(2026, 2) * 86_400_000 - Date.UTC(2026, 2, 29) // 0
 */
export function lastSunday(year: number, month: number): number {
  const at = 12 * year + month;
  const found = sundays.get(at);
  if (found !== undefined) return found;
  const lastDay = Math.floor(Date.UTC(year, month, 31) / 1000 / DAY);
  const sunday = lastDay - ((lastDay + 4) % 7);
  if (Number.isFinite(sunday)) sundays.set(at, sunday);
  return sunday;
}

/** Unix seconds of 01:00 UTC on that day, at which all of the EU does so. */
const change = (year: number, month: number): number => lastSunday(year, month) * DAY + HOUR;

/**
 * Local wall time as seconds since 1970-01-01T00:00 local, from Unix seconds.
 *
 * @example
 * localSeconds(1_750_000_000) - 1_750_000_000 // 7200
 * localSeconds(1_735_000_000) - 1_735_000_000 // 3600
 */
export function localSeconds(unix: number): number {
  const year = utcYear(unix);
  const summer = unix >= change(year, 2) && unix < change(year, 9);
  return unix + (summer ? 2 * HOUR : HOUR);
}

/** Local days since 1970-01-01, from local seconds. */
export function localDay(local: number): number {
  return Math.floor(local / DAY);
}

/** Saturday or Sunday; `day` counts local days since 1970-01-01, a Thursday. */
export function isWeekend(day: number): boolean {
  return (day + 3) % 7 >= 5;
}

/** Fraction of the year gone, 0..1, from Unix seconds: seasons follow the sun, so no leap-day steps. */
export function yearFraction(unix: number): number {
  const years = unix / (365.2425 * DAY);
  return years - Math.floor(years);
}
