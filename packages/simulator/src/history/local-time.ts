/** The two clocks of a meter, BT52 and BT55, as fields. */
import { utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { BT52, BT53, BT55 } from "@meterport/protocol/tables/index";
import { lastSunday, utcYear } from "../household/calendar.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Minutes; the meter keeps within -12 to +14 hours whatever is written (MEP guide 1.1, p. 231). */
const offsetOf = (zone: BT53): number => Math.min(14 * 60, Math.max(-12 * 60, zone.timeZoneOffset));

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
  const standard = time + offsetOf(zone) * MINUTE;
  const year = utcYear(standard / 1000);
  const effective = ((hour * 60 + minute) * 60 + second) * 1000;
  return standard >= lastSunday(year, 2) * DAY + effective && standard < lastSunday(year, 9) * DAY + effective;
};

/** How far local time is ahead of UTC, daylight saving time included. */
const shiftAt = (time: Millis, zone: BT53): Millis =>
  (offsetOf(zone) + (isSummer(time, zone) ? zone.dstTimeAdjustment : 0)) * MINUTE;

/** What a local clock shows, as milliseconds since 1970-01-01T00:00 local. */
export const localMillis = (time: Millis, zone: BT53): Millis => time + shiftAt(time, zone);

/** The moment when a local clock shows that time: the later one of two. */
export const utcOfLocal = (local: Millis, zone: BT53): Millis => {
  const standard = local - offsetOf(zone) * MINUTE;
  const summer = standard - zone.dstTimeAdjustment * MINUTE;
  return isSummer(standard, zone) && isSummer(summer, zone) ? summer : standard;
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

/** The local clock, which moves each minute (MEP guide 1.1, p. 235), with the tier and season that are in effect. */
export const localClock = (time: Millis, zone: BT53, tariff: { tier: number; season: number }): BT55 => {
  const local = Math.floor(localMillis(time, zone) / MINUTE) * MINUTE;
  return {
    clock: utcFields(local),
    dayOfWeek: dayOfWeek(local),
    daylightSavingTime: isSummer(time, zone),
    greenwichMeanTime: false,
    timeZoneApplied: true,
    dstApplied: true,
    currentTier: tariff.tier,
    tierDrive: 0,
    specialSchedule: 0,
    season: tariff.season,
  };
};
