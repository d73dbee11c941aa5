/** Prices that follow the clock, as people write them: "0.45 17:00-21:00 mon-fri oct-mar". */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { localMillis } from "../calendar/local-calendar.ts";

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;
const minute: Millis = 60_000;
const dayMinutes = 1_440;
const quarterMinutes = 15;

/** A price with the local times at which it holds. */
export interface TimeRule {
  readonly price: number;
  /** Minutes of the local day, from and until before; the second may be less than the first: over midnight. */
  readonly minutes: readonly [from: number, to: number];
  /** 0 is Sunday. A window over midnight belongs to the day on which it begins. */
  readonly days: ReadonlySet<number>;
  /** 0 is January. */
  readonly months: ReadonlySet<number>;
}

const wrong = (text: string, why: string): UsageError =>
  new UsageError(
    "price",
    `${JSON.stringify(text.slice(0, 60))} ${why}: write for example 0.45 17:00-21:00 mon-fri oct-mar`,
  );

/** "mon-fri", "sat"; over the end of the list too: "oct-mar". */
const rangeIn = (names: readonly string[], word: string): readonly number[] | undefined => {
  const [first = "", last = first, ...rest] = word.split("-");
  const [from, to] = [names.indexOf(first), names.indexOf(last)];
  if (from === -1 || to === -1 || rest.length > 0) return undefined;
  const count = ((to - from + names.length) % names.length) + 1;
  return Array.from({ length: count }, (_, n) => (from + n) % names.length);
};

const minutesIn = (word: string): readonly [number, number] | undefined => {
  const [, h1, m1 = "00", h2, m2 = "00"] = /^(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?$/.exec(word) ?? [];
  if (h1 === undefined || h2 === undefined) return undefined;
  const [from, to] = [60 * Number(h1) + Number(m1), 60 * Number(h2) + Number(m2)];
  const isTime = Number(m1) < 60 && Number(m2) < 60 && from < dayMinutes && to <= dayMinutes && from !== to;
  return isTime ? [from, to] : undefined;
};

/**
 * One rule: a price, and in any order hours, weekdays and months. What is not named is always.
 *
 * @throws UsageError (`price`) that quotes the text
 * @example
 * parseTimeRule("0.45 17-21 mon-fri").minutes // [1020, 1260]
 */
export const parseTimeRule = (text: string): TimeRule => {
  const [first = "", ...words] = text.trim().toLowerCase().split(/\s+/);
  // In many of the countries with these meters people write it so; in a list of rules it could also be two.
  if (/^-?\d{1,6},\d/.test(first)) throw wrong(text, "has a decimal comma in its price");
  if (!/^-?\d{1,6}(\.\d{1,8})?$/.test(first)) throw wrong(text, "does not begin with a price per kWh");
  let minutes: readonly [number, number] = [0, dayMinutes];
  const days = new Set<number>();
  const inMonths = new Set<number>();
  for (const word of words) {
    const [hours, day, month] = [minutesIn(word), rangeIn(weekdays, word), rangeIn(months, word)];
    // Prices are those of quarters: 17:10 would count from 17:15 without a word.
    if (hours?.some((each) => each % quarterMinutes !== 0) === true)
      throw wrong(text, `has ${word}, which does not begin and end with a quarter of an hour`);
    if (hours !== undefined) minutes = hours;
    else if (day !== undefined) for (const each of day) days.add(each);
    else if (month !== undefined) for (const each of month) inMonths.add(each);
    else throw wrong(text, `has ${JSON.stringify(word.slice(0, 20))}, which is no range of hours, weekdays or months`);
  }
  const all = (count: number): ReadonlySet<number> => new Set(Array.from({ length: count }, (_, n) => n));
  return {
    price: Number(first),
    minutes,
    days: days.size === 0 ? all(7) : days,
    months: inMonths.size === 0 ? all(12) : inMonths,
  };
};

const holds = ({ minutes: [from, to], days, months: inMonths }: TimeRule, local: Millis): boolean => {
  const date = new Date(local);
  const now = Math.floor((local % (dayMinutes * minute)) / minute);
  const overMidnight = from > to;
  const isAfter = overMidnight && now < to;
  // The early hours of a window over midnight belong to the day before.
  const began = isAfter ? new Date(local - dayMinutes * minute) : date;
  const inWindow = overMidnight ? now >= from || now < to : now >= from && now < to;
  return inWindow && days.has(began.getUTCDay()) && inMonths.has(began.getUTCMonth());
};

/**
 * The price of the first rule that holds at a moment; null if none does.
 *
 * @param time milliseconds since 1970
 * @throws UsageError (`zone`) if there is no such zone
 */
export const timePrice = (rules: readonly TimeRule[], zone: string, time: Millis): number | null => {
  if (rules.length === 0) return null;
  const local = localMillis(zone, time);
  return rules.find((rule) => holds(rule, local))?.price ?? null;
};
