/** Which time is shown: a day, week, month, year, everything, or what the reader has moved and zoomed to. */
import type { CalendarUnit, Span, ZoneCalendar } from "../../state/zone-calendar.ts";

export const PERIODS = ["day", "week", "month", "year", "all"] as const;
export type Period = (typeof PERIODS)[number];

export type { Span };

export interface Shown extends Span {
  /** "free" if it is no whole period. */
  readonly period: Period | "free";
}

export const isSame = (a: Shown, b: Shown): boolean => a.period === b.period && a.from === b.from && a.to === b.to;

/** What "everything" is. */
export interface Bounds {
  /** The beginning of the first known year; null while or if nothing is known. */
  readonly first: number | null;
  readonly now: number;
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Nothing is older. */
const OLDEST_YEAR = 2000;
/** The shortest and the longest time that can be shown. */
export const SHORTEST = 10 * MINUTE;
const LONGEST_YEARS = 40;

const isUnit = (period: string): period is CalendarUnit => ["day", "week", "month", "year"].includes(period);

/** The whole period that holds a moment. */
export function periodAt(calendar: ZoneCalendar, period: Period, time: number, { first, now }: Bounds): Shown {
  if (isUnit(period)) return { period, from: calendar.start(period, time), to: calendar.next(period, time) };
  return { period, from: first ?? calendar.start("year", now), to: calendar.next("year", now) };
}

/** The same length, `count` times later. */
export function moved(calendar: ZoneCalendar, shown: Shown, count: number, bounds: Bounds): Shown {
  const { period, from, to } = shown;
  if (period === "all") return shown;
  if (period !== "free") return periodAt(calendar, period, calendar.next(period, from, count), bounds);
  return recognised(
    calendar,
    clamped(calendar, { from: from + count * (to - from), to: to + count * (to - from) }, bounds.now),
    bounds,
  );
}

/** Within what can be shown: not before there were such meters, and not further ahead than the end of this year. */
export function clamped(calendar: ZoneCalendar, { from, to }: Span, now: number): Span {
  const [least, most] = [calendar.at(OLDEST_YEAR, 1), calendar.next("year", now)];
  const length = Math.min(Math.max(to - from, SHORTEST), most - least);
  const start = Math.min(Math.max(from, least), most - length);
  return { from: start, to: start + length };
}

/** Zoomed by a factor (above 1: a longer time) around a moment. */
export function zoomed(calendar: ZoneCalendar, { from, to }: Span, factor: number, around: number, now: number): Span {
  const length = Math.min(Math.max((to - from) * factor, SHORTEST), LONGEST_YEARS * 366 * DAY);
  const share = to > from ? (around - from) / (to - from) : 0.5;
  const start = around - share * length;
  return clamped(calendar, { from: start, to: start + length }, now);
}

/** Named, if it is a whole period. */
export function recognised(calendar: ZoneCalendar, { from, to }: Span, bounds: Bounds): Shown {
  for (const period of PERIODS) {
    const whole = periodAt(calendar, period, from, bounds);
    if (whole.from === from && whole.to === to) return whole;
  }
  return { period: "free", from, to };
}

/** What the address says of it. */
export function queryOf(
  calendar: ZoneCalendar,
  { period, from, to }: Shown,
): Record<"by" | "at" | "from" | "to", string | undefined> {
  if (period === "free")
    return { by: undefined, at: undefined, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return { by: period, at: period === "all" ? undefined : calendar.date(from), from: undefined, to: undefined };
}

/** The range of an address; today if it says nothing that can be understood. */
export function shownOf(calendar: ZoneCalendar, query: Readonly<Record<string, string>>, bounds: Bounds): Shown {
  const [from, to] = [Date.parse(query.from ?? ""), Date.parse(query.to ?? "")];
  if (from < to) return recognised(calendar, clamped(calendar, { from, to }, bounds.now), bounds);
  const period = PERIODS.find((each) => each === query.by) ?? "day";
  const wanted = calendar.dayOf(query.at ?? "") ?? bounds.now;
  const time = Math.min(Math.max(wanted, calendar.at(OLDEST_YEAR, 1)), calendar.next("year", bounds.now) - 1);
  return periodAt(calendar, period, time, bounds);
}

/** With what a range is compared. */
export const COMPARISONS = ["off", "before", "earlier"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Calendar days or months back. */
export interface Shift {
  readonly days?: number;
  readonly months?: number;
  /** Milliseconds. */
  readonly time?: number;
}

/**
 * How far back the compared time is: `before` is the period before, `earlier` the same weekday of the week before for a day, the same
 * week or month of the year before. Null if there is no such thing.
 */
export function shiftOf({ period, from, to }: Shown, comparison: Comparison): Shift | null {
  if (comparison === "off" || period === "all") return null;
  const isBefore = comparison === "before";
  if (period === "day") return { days: isBefore ? 1 : 7 };
  if (period === "week") return { days: isBefore ? 7 : 364 };
  if (period === "month") return { months: isBefore ? 1 : 12 };
  if (period === "year") return isBefore ? { months: 12 } : null;
  return isBefore ? { time: to - from } : { months: 12 };
}

/** The moment that lies a shift before, on the local clock; null if there is none, as a year before 29 February. */
export function shifted(
  calendar: ZoneCalendar,
  time: number,
  { days = 0, months = 0, time: length = 0 }: Shift,
): number | null {
  if (length !== 0) return time - length;
  const local = calendar.local(time);
  const date = new Date(local);
  if (months === 0) return calendar.utc(local - days * DAY);
  const month = date.getUTCMonth() - months;
  const result = new Date(local);
  result.setUTCFullYear(date.getUTCFullYear(), month, date.getUTCDate());
  return result.getUTCDate() === date.getUTCDate() ? calendar.utc(result.getTime()) : null;
}
