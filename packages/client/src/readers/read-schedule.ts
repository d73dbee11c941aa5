/** When a meter reads the devices behind it, as data and in words. MEP guide 1.1, pp. 86-88, 113. */
import { twoDigits } from "@meterport/protocol/digits";

/** When a device is read by itself, by the meter's local clock. */
export type ReadTimes =
  | { readonly kind: "never" }
  | { readonly kind: "hourly"; readonly minute: number }
  | { readonly kind: "daily"; readonly hour: number; readonly minute: number }
  /** `weekday`: 0 is Sunday. */
  | { readonly kind: "weekly"; readonly weekday: number; readonly hour: number; readonly minute: number }
  /** `skips`: not all months have this day, and the meter leaves out the others. */
  | {
      readonly kind: "monthly";
      readonly day: number;
      readonly skips: boolean;
      readonly hour: number;
      readonly minute: number;
    }
  /** What the meter stores is not a schedule. */
  | { readonly kind: "unknown" };

/** When a device is read. */
export interface ReadSchedule {
  /** As the meter stores it. */
  readonly frequency: "hourly" | "daily" | "weekly" | "monthly" | "never" | "unknown";
  /** As the meter stores it: 0 the first day, 32 to 38 Sunday to Saturday, 39 off. */
  readonly day: number;
  /** "06:00"; null if impossible. */
  readonly at: string | null;
  /** What these three mean together. */
  readonly times: ReadTimes;
  /** Minutes between reads for the load profile, 0 = at each of its intervals; null if the meter does not say. */
  readonly loadProfile_min: number | null;
}

/** The first fields of an entry of ET13. */
export interface StoredSchedule {
  readonly billingDay: number;
  readonly billingHour: number;
  readonly billingMinute: number;
  readonly billingFrequency: number;
}

const frequencies = ["hourly", "daily", "weekly", "monthly", "never"] as const;
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const firstWeekday = 32;
/** With frequency 2: firmware that does not know frequency 4 is switched off so. */
const off = 39;
const lastDayOfAllMonths = 28;
const lastDay = 31;

const timesOf = (
  frequency: ReadSchedule["frequency"],
  { billingDay, billingHour: hour, billingMinute: minute }: StoredSchedule,
): ReadTimes => {
  const unknown = { kind: "unknown" } as const;
  if (frequency === "never" || (frequency === "weekly" && billingDay === off)) return { kind: "never" };
  if (frequency === "unknown" || minute > 59) return unknown;
  if (frequency === "hourly") return { kind: frequency, minute };
  if (hour > 23) return unknown;
  if (frequency === "daily") return { kind: frequency, hour, minute };
  if (frequency === "weekly") {
    const weekday = billingDay - firstWeekday;
    return weekdays[weekday] === undefined ? unknown : { kind: frequency, weekday, hour, minute };
  }
  const day = billingDay === 0 ? 1 : billingDay;
  return day > lastDay ? unknown : { kind: frequency, day, skips: day > lastDayOfAllMonths, hour, minute };
};

/** An entry of ET13 as a schedule; `loadProfile_min` is the poll rate of ET34. */
export const readScheduleOf = (stored: StoredSchedule, loadProfile_min: number | null): ReadSchedule => {
  const { billingDay: day, billingHour: hour, billingMinute: minute } = stored;
  const frequency = frequencies[stored.billingFrequency] ?? "unknown";
  return {
    frequency,
    day,
    at: hour > 23 || minute > 59 ? null : `${twoDigits(hour)}:${twoDigits(minute)}`,
    times: timesOf(frequency, stored),
    loadProfile_min,
  };
};

const timesText = (times: ReadTimes): string => {
  if (times.kind === "never") return "never read by schedule";
  if (times.kind === "unknown") return "read at times that are not a schedule";
  if (times.kind === "hourly") return `read hourly at minute ${times.minute}`;
  const at = `at ${twoDigits(times.hour)}:${twoDigits(times.minute)}`;
  if (times.kind === "daily") return `read daily ${at}`;
  if (times.kind === "weekly") return `read weekly on ${weekdays[times.weekday]} ${at}`;
  return `read monthly on day ${times.day} ${at}${times.skips ? ", in months that have it" : ""}`;
};

/**
 * A schedule in English words.
 *
 * @example
 * const sunday = { billingDay: 32, billingHour: 6, billingMinute: 5, billingFrequency: 2 };
 * scheduleText(readScheduleOf(sunday, 60)) // "read weekly on Sunday at 06:05; for the load profile every 60 min"
 * scheduleText(readScheduleOf({ ...sunday, billingDay: 39 }, null)) // "never read by schedule"
 */
export const scheduleText = ({ times, loadProfile_min }: Pick<ReadSchedule, "times" | "loadProfile_min">): string => {
  if (loadProfile_min === null) return timesText(times);
  const often = loadProfile_min === 0 ? "at each interval" : `every ${loadProfile_min} min`;
  return `${timesText(times)}; for the load profile ${often}`;
};
