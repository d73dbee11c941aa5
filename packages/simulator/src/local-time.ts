/** The two clocks of a meter, BT52 and BT55, as fields. */
import { utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { BT52, BT53, BT55 } from "@meterport/protocol/tables/index";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Milliseconds of 00:00 on the last Sunday of a month of 31 days (0 = January). */
const lastSunday = (year: number, month: number): Millis => {
  const lastDay = Date.UTC(year, month, 31) / DAY;
  return (lastDay - ((lastDay + 4) % 7)) * DAY;
};

const dayOfWeek = (time: Millis): number => (Math.floor(time / DAY) + 4) % 7;

/**
 * Whether daylight saving time is in effect: from the last Sunday in March to the last Sunday in October as in the EU,
 * from the time of day that BT53 names, counted on the standard time of its zone.
 *
 * @example
 * const zone = { dstTimeEffective: { hour: 2, minute: 0, second: 0 }, dstTimeAdjustment: 60, timeZoneOffset: 60 };
 * isSummer(Date.UTC(2026, 2, 29, 1, 0, 0), zone) // true
 * isSummer(Date.UTC(2026, 9, 25, 1, 0, 0), zone) // false
 */
export const isSummer = (time: Millis, zone: BT53): boolean => {
  const { hour, minute, second } = zone.dstTimeEffective;
  const standard = time + zone.timeZoneOffset * MINUTE;
  const year = new Date(standard).getUTCFullYear();
  const effective = ((hour * 60 + minute) * 60 + second) * 1000;
  return standard >= lastSunday(year, 2) + effective && standard < lastSunday(year, 9) + effective;
};

/** The UTC clock. */
export const utcClock = (time: Millis, zone: BT53): BT52 => ({
  clock: utcFields(time),
  dayOfWeek: dayOfWeek(time),
  daylightSavingTime: isSummer(time, zone),
  greenwichMeanTime: true,
  timeZoneApplied: false,
  dstApplied: false,
});

/** The local clock, which moves each minute (MEP guide 1.1, p. 235); tier 0 by the calendar, season 0. */
export const localClock = (time: Millis, zone: BT53): BT55 => {
  const summer = isSummer(time, zone);
  const shift = (zone.timeZoneOffset + (summer ? zone.dstTimeAdjustment : 0)) * MINUTE;
  const local = Math.floor((time + shift) / MINUTE) * MINUTE;
  return {
    clock: utcFields(local),
    dayOfWeek: dayOfWeek(local),
    daylightSavingTime: summer,
    greenwichMeanTime: false,
    timeZoneApplied: true,
    dstApplied: true,
    currentTier: 0,
    tierDrive: 0,
    specialSchedule: 0,
    season: 0,
  };
};
