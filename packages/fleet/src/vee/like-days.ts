/**
 * Like days: days before whose load should have had the same shape. The order is that of the Australian metering code (appendix 3, method
 * 14): the same weekday, and for Tuesday to Thursday the other two of them. A holiday is like a Sunday. Only days before are looked at.
 */
import type { Millis } from "@meterport/protocol/ports";
import { offsetAt } from "./local-clock.ts";
import { type Series, timeOf } from "./series.ts";
import { doubleMedian } from "./share.ts";
import { dayMillis } from "./vee-input.ts";

/** Five weeks: a Monday then has five Mondays before it. */
export const likeDaysReach = 35;

const sunday = 0;
/** 1970-01-01 was a Thursday. */
const weekdayOf = (date: number): number => (((date + 4) % 7) + 7) % 7;
/** Tuesday to Thursday stand in for each other. */
const neighbours: Readonly<Record<number, readonly number[]>> = { 2: [3, 4], 3: [2, 4], 4: [3, 2] };

/**
 * Local dates that are like one, the best first; dates are days since 1970-01-01.
 *
 * @example
 * likeDates(20_000, () => false).slice(0, 3) // [19993, 19986, 19979]
 */
export const likeDates = (date: number, isHoliday: (date: number) => boolean): number[] => {
  const kindOf = (one: number): number => (isHoliday(one) ? sunday : weekdayOf(one));
  const kinds = [kindOf(date), ...(neighbours[kindOf(date)] ?? [])];
  const before = Array.from({ length: likeDaysReach }, (_, n) => date - 1 - n);
  return kinds.flatMap((kind) => before.filter((one) => kindOf(one) === kind));
};

const holidayTest = (holidays: ReadonlySet<string>) => {
  return (date: number): boolean =>
    holidays.size > 0 && holidays.has(new Date(date * dayMillis).toISOString().slice(0, 10));
};

interface LocalDay {
  /** Slots by the local time at which they begin; of an hour that clocks repeat, the first. */
  readonly byTime: ReadonlyMap<Millis, number>;
  /** Whether all of its slots are in the series and good. */
  readonly whole: boolean;
  readonly meter: number;
}

export interface LikeDays {
  /** Values of at most `most` like days at the local time of a slot, the best first. */
  valuesAt(slot: number, most: number): readonly number[];
}

/** Local time of each slot. Zones change their offset at most once a day. */
const localTimes = (series: Series, zone: string): Millis[] => {
  const times: Millis[] = [];
  for (let slot = 0; slot < series.length; slot += series.slotsOfDay) {
    const start = timeOf(series, slot);
    const offset = offsetAt(zone, start);
    const steady = offset === offsetAt(zone, start + dayMillis);
    for (let n = 0; n < series.slotsOfDay; n++) {
      const time = start + n * series.step;
      times.push(time + (steady ? offset : offsetAt(zone, time)));
    }
  }
  return times;
};

/**
 * The like days of a series, worked out when they are first asked for.
 *
 * @param isGood whether a slot has a value that nothing is wrong with
 */
export const likeDaysOf = (
  series: Series,
  zone: string,
  holidays: ReadonlySet<string>,
  isGood: (slot: number) => boolean,
): LikeDays => {
  const isHoliday = holidayTest(holidays);
  let times: readonly Millis[] | undefined;
  const slotsByDate = new Map<number, number[]>();
  const days = new Map<number, LocalDay>();
  const orders = new Map<number, readonly number[]>();

  const local = (): readonly Millis[] => {
    if (times !== undefined) return times;
    times = localTimes(series, zone);
    for (const [slot, time] of times.entries()) {
      const date = Math.floor(time / dayMillis);
      const list = slotsByDate.get(date);
      if (list === undefined) slotsByDate.set(date, [slot]);
      else list.push(slot);
    }
    return times;
  };

  const dayOf = (date: number): LocalDay => {
    const known = days.get(date);
    if (known !== undefined) return known;
    const day = localDayOf(series, local(), slotsByDate.get(date) ?? [], isGood);
    days.set(date, day);
    return day;
  };

  const orderOf = (date: number): readonly number[] => {
    const order = orders.get(date) ?? likeDates(date, isHoliday);
    orders.set(date, order);
    return order;
  };

  return {
    valuesAt(slot, most) {
      const time = local()[slot];
      if (time === undefined) return [];
      const values: number[] = [];
      for (const date of orderOf(Math.floor(time / dayMillis))) {
        if (values.length === most) break;
        const { byTime, whole, meter } = dayOf(date);
        // Another meter's days are no evidence: the old one may have been exchanged because it was wrong.
        if (!whole || meter !== series.meters[slot]) continue;
        const like = byTime.get(((time % dayMillis) + dayMillis) % dayMillis);
        const value = like === undefined ? null : (series.values[like] ?? null);
        if (value !== null) values.push(value);
      }
      return values;
    },
  };
};

const localDayOf = (
  series: Series,
  times: readonly Millis[],
  slots: readonly number[],
  isGood: (slot: number) => boolean,
): LocalDay => {
  const ofDay = (slot: number): Millis => (((times[slot] ?? 0) % dayMillis) + dayMillis) % dayMillis;
  const [first, last] = [slots[0], slots.at(-1)];
  const byTime = new Map<Millis, number>();
  for (const slot of slots) if (!byTime.has(ofDay(slot))) byTime.set(ofDay(slot), slot);
  const meter = first === undefined ? -1 : (series.meters[first] ?? -1);
  const begins = first !== undefined && (first > 0 || ofDay(first) === 0);
  const ends = last !== undefined && (last < series.length - 1 || ofDay(last) === dayMillis - series.step);
  const whole = begins && ends && slots.every((slot) => isGood(slot) && series.meters[slot] === meter);
  return { byTime, whole, meter };
};

/** Local date at the noon of a UTC day, days since 1970-01-01. */
const dateAt = (zone: string, day: Millis): number => {
  const noon = day + dayMillis / 2;
  return Math.floor((noon + offsetAt(zone, noon)) / dayMillis);
};

/**
 * First moments of the best UTC days like one, at most so many.
 *
 * @param day first moment of a UTC day
 * @throws UsageError (`zone`) if there is no such zone
 */
export const likeDaysBefore = (zone: string, day: Millis, holidays: ReadonlySet<string>, most: number): Millis[] => {
  const date = dateAt(zone, day);
  return likeDates(date, holidayTest(holidays))
    .slice(0, most)
    .map((like) => day - (date - like) * dayMillis);
};

/**
 * Totals of like UTC days before the day in question, the best first. A UTC day is judged by the local date at its noon, and always has 24
 * hours, so that totals can be compared across a change of clocks.
 */
export const likeTotals = (
  series: Series,
  zone: string,
  holidays: ReadonlySet<string>,
  isGood: (slot: number) => boolean,
  most: number,
): number[] => {
  const date = dateAt(zone, timeOf(series, series.first));
  const meter = series.meters[series.first];
  const totals: number[] = [];
  for (const like of likeDates(date, holidayTest(holidays))) {
    if (totals.length === most) break;
    const first = series.first - (date - like) * series.slotsOfDay;
    let total = 0;
    let whole = true;
    for (let slot = first; slot < first + series.slotsOfDay && whole; slot++) {
      whole = isGood(slot) && series.meters[slot] === meter;
      total += series.values[slot] ?? 0;
    }
    if (whole) totals.push(total);
  }
  return totals;
};

/** The median of some totals; undefined if there are fewer than `least`. */
export const medianTotal = (totals: readonly number[], least: number): number | undefined => {
  const double = totals.length < least ? undefined : doubleMedian(totals);
  return double === undefined ? undefined : double / 2;
};
