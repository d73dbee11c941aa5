/** When the billing read of a device is due by its entry in ET13 (MEP guide 1.1, pp. 86-87). */
import type { Millis } from "@meterport/protocol/ports";
import { denmark } from "../contents/zone.ts";
import { localMillis, utcOfLocal } from "./local-time.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const frequency = { hourly: 0, daily: 1, weekly: 2, monthly: 3, never: 4 } as const;

/** As its first four bytes in ET13. */
export type Schedule = readonly [day: number, hour: number, minute: number, frequency: number];

const sunday = 32;
const saturday = 38;

/** Weekday of a local day counted from 1970, as ET13 numbers them. */
const weekdayOf = (date: number): number => sunday + ((date + 4) % 7);

const isDue = (date: number, [wanted, , , every]: Schedule): boolean => {
  if (every === frequency.daily) return true;
  if (every === frequency.weekly) return weekdayOf(date) === wanted;
  return new Date(date * day).getUTCDate() === Math.max(1, wanted);
};

/** Two months hold every day of a month that exists, and 31 twice. */
const horizon = 62;

/**
 * The first time after `after` at which a read is due; undefined if none ever is.
 *
 * @param after Unix milliseconds of the meter's clock
 * @example
 * new Date(nextRead([0, 6, 30, 1], Date.UTC(2026, 0, 1)) ?? 0).toISOString() // "2026-01-01T05:30:00.000Z", 06:30 local
 */
export const nextRead = (schedule: Schedule, after: Millis): Millis | undefined => {
  const [wanted, hours, minutes, every] = schedule;
  if (every > frequency.monthly || hours > 23 || minutes > 59) return undefined;
  if (every === frequency.weekly && (wanted < sunday || wanted > saturday)) return undefined;
  if (every === frequency.hourly) {
    const begin = Math.floor(after / hour) * hour + minutes * minute;
    return begin > after ? begin : begin + hour;
  }
  const first = Math.floor(localMillis(after, denmark) / day);
  for (let date = first; date <= first + horizon; date++) {
    if (!isDue(date, schedule)) continue;
    const due = utcOfLocal(date * day + hours * hour + minutes * minute, denmark);
    if (due > after) return due;
  }
  return undefined;
};
