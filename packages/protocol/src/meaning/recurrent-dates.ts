/** The days that the recurrent dates of a calendar mean (RDATE, MEP guide 1.1, pp. 46-47), counted from 1970-01-01. */
import type { DateFields, RecurrentDate } from "../layout/dates.ts";

/** Days since 1970-01-01, by the local calendar. */
export type DayNumber = number;

const millisPerDay = 86_400_000;
const everyMonth = 13;
const everyWeek = 14;
const everyPeriod = 15;
const [sunday, saturday] = [0, 6] as const;
/** 29 February comes again after eight years at the latest. */
const yearsBack = 8;

/**
 * Weekday of a day, 0 = Sunday.
 *
 * @example
 * weekdayOf(0) // 4
 */
export const weekdayOf = (day: DayNumber): number => (((day + 4) % 7) + 7) % 7;

/** The day of a date, `year` counted from 2000; undefined where no calendar has it, as 31 February. */
export const dayOf = ({ year, month, day }: DateFields): DayNumber | undefined => {
  const at = new Date(Date.UTC(2000 + year, month - 1, day));
  return month >= 1 && month <= 12 && day >= 1 && at.getUTCDate() === day ? at.getTime() / millisPerDay : undefined;
};

/**
 * ISO 8601 date of a day.
 *
 * @example
 * isoDay(20484) // "2026-01-31"
 */
export const isoDay = (day: DayNumber): string => new Date(day * millisPerDay).toISOString().slice(0, 10);

const lastOfMonth = (day: DayNumber): DayNumber => {
  const at = new Date(day * millisPerDay);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0) / millisPerDay;
};

/** First such weekday on or after a day. */
const onOrAfter = (day: DayNumber, weekday: number): DayNumber => day + ((weekday - weekdayOf(day) + 7) % 7);

const lastWeekday = (day: DayNumber, weekday: number): readonly DayNumber[] => {
  const last = lastOfMonth(day);
  const found = last - ((weekdayOf(last) - weekday + 7) % 7);
  return found >= day ? [found] : [];
};

/** The days that are meant by a date that was entered and what is to be done with it. */
const moved = (day: DayNumber, offset: number, weekday: number): readonly DayNumber[] => {
  const today = weekdayOf(day);
  const unless = (from: number, to: number): readonly DayNumber[] => [today === from ? day + to : day];
  // An invalid weekday moves nothing.
  if (offset >= 1 && offset <= 6 && weekday > saturday) return [];
  switch (offset) {
    case 1:
      return [day - (((today - weekday + 6) % 7) + 1)];
    case 2:
    case 3:
    case 4:
    case 5:
      return [onOrAfter(day, weekday) + 7 * (offset - 2)];
    case 6:
      return lastWeekday(day, weekday);
    case 7:
      return [day, day + 1];
    case 8:
      return unless(sunday, 1);
    case 9:
      return unless(sunday, -2);
    case 10:
      return unless(saturday, 2);
    case 11:
      return unless(saturday, -1);
    case 12:
      return today === sunday ? [day + 1] : unless(saturday, 2);
    case 13:
      return today === sunday ? [day - 2] : unless(saturday, -1);
    case 14:
      return today === sunday ? [day + 1] : unless(saturday, -1);
    case 15:
      return [day + 1];
    default:
      return [day];
  }
};

type Dated = Extract<RecurrentDate, { readonly offset: number }>;
const isDated = (date: RecurrentDate): date is Dated => date.month <= everyMonth;

const inMonth = ({ offset, weekday, day }: Dated, year: number, month: number): readonly DayNumber[] => {
  const entered = dayOf({ year: year - 2000, month, day });
  return entered === undefined ? [] : moved(entered, offset, weekday);
};

/** What a recurrent date is: nothing, days that can be told, or days that no guide defines. */
export type DateForm = "none" | "dated" | "undated";

/**
 * Whether the days of a recurrent date can be told. No guide says from which day periods of more than a day count.
 *
 * @example
 * dateForm({ month: 15, period: 1, delta: 0 }) // "dated"
 * dateForm({ month: 15, period: 9, delta: 0 }) // "undated"
 */
export const dateForm = (date: RecurrentDate): DateForm => {
  if (isDated(date)) return date.month === 0 || date.day === 0 ? "none" : "dated";
  if (date.month === everyWeek) return date.weekday <= saturday ? "dated" : "none";
  return date.period === 1 ? "dated" : "undated";
};

/**
 * The latest day on or before `day` that a recurrent date means; undefined where there is none, or it cannot be told.
 *
 * @example
 * const lastSundayOfMarch = { month: 3, offset: 6, weekday: 0, day: 1 };
 * isoDay(latestOn(lastSundayOfMarch, 20484)) // "2025-03-30"
 */
export const latestOn = (date: RecurrentDate, day: DayNumber): DayNumber | undefined => {
  if (dateForm(date) !== "dated") return undefined;
  if (date.month === everyPeriod) return day;
  if (date.month === everyWeek) return day - ((weekdayOf(day) - (date as { weekday: number }).weekday + 7) % 7);
  const dated = date as Dated;
  const at = new Date(day * millisPerDay);
  const thisMonth = at.getUTCFullYear() * 12 + at.getUTCMonth();
  const step = dated.month === everyMonth ? 1 : 12;
  // From the month after, whose date may be moved back, to as long ago as the date may have been left out.
  const first = dated.month === everyMonth ? thisMonth + 1 : (at.getUTCFullYear() + 1) * 12 + dated.month - 1;
  for (let months = first; months >= thisMonth - 12 * yearsBack - 12; months -= step) {
    const days = inMonth(dated, Math.floor(months / 12), (months % 12) + 1).filter((found) => found <= day);
    if (days.length > 0) return Math.max(...days);
  }
  return undefined;
};

/** All days of a year that a recurrent date means, in order. */
export const daysInYear = (date: RecurrentDate, year: number): readonly DayNumber[] => {
  const [first, last] = [Date.UTC(year, 0, 1) / millisPerDay, Date.UTC(year, 11, 31) / millisPerDay];
  const days: DayNumber[] = [];
  for (let day = latestOn(date, last); day !== undefined && day >= first; day = latestOn(date, day - 1))
    days.unshift(day);
  return days;
};

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const ordinals = ["first", "second", "third", "fourth"] as const;
const shifts: Readonly<Record<number, string>> = {
  7: ", and the day after",
  8: ", on Monday if that is a Sunday",
  9: ", on Friday if that is a Sunday",
  10: ", on Monday if that is a Saturday",
  11: ", on Friday if that is a Saturday",
  12: ", on Monday if that is a Saturday or Sunday",
  13: ", on Friday if that is a Saturday or Sunday",
  14: ", on Monday if that is a Sunday, on Friday if a Saturday",
  15: ", the day after",
};

/**
 * A recurrent date in words.
 *
 * @example
 * dateText({ month: 3, offset: 6, weekday: 0, day: 1 }) // "last Sunday of March"
 * dateText({ month: 13, offset: 0, weekday: 0, day: 1 }) // "day 1 of each month"
 */
export const dateText = (date: RecurrentDate): string => {
  if (dateForm(date) === "none") return "never";
  if (date.month === everyPeriod) {
    const { period, delta } = date as { readonly period: number; readonly delta: number };
    return period === 1 ? "each day" : `each ${period} days and ${delta}`;
  }
  const weekday = "weekday" in date ? (weekdays[date.weekday] ?? "no weekday") : "";
  if (date.month === everyWeek) return `each ${weekday}`;
  const { month, day, offset } = date as Dated;
  const name = month === everyMonth ? "each month" : (months[month - 1] ?? "");
  const entered = month === everyMonth ? `day ${day} of each month` : `${day} ${name}`;
  if (offset === 0) return entered;
  if (offset === 1) return `${weekday} before ${entered}`;
  if (offset === 6) return `last ${weekday} of ${name}${day === 1 ? "" : `, not before day ${day}`}`;
  const ordinal = ordinals[offset - 2];
  return ordinal === undefined ? `${entered}${shifts[offset] ?? ""}` : `${ordinal} ${weekday} on or after ${entered}`;
};
