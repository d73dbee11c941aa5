/** Which periods of an export are due. Pure. */
import { localMillis, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";
import type { ExportSchedule } from "./desk.ts";

const day: Millis = 86_400_000;
const minute: Millis = 60_000;

const dayText = (local: Millis): string => new Date(local).toISOString().slice(0, 10);

/** First and last local date of a period, as midnights without a zone. */
const boundsOf = (period: string): { readonly first: Millis; readonly next: Millis } => {
  const [year = 0, month = 1, date] = period.split("-").map(Number);
  return date === undefined
    ? { first: Date.UTC(year, month - 1), next: Date.UTC(year, month) }
    : { first: Date.UTC(year, month - 1, date), next: Date.UTC(year, month - 1, date + 1) };
};

/** Whether a text is a period of a schedule: "2026-03-29" of days, "2026-03" of months. */
export const isPeriod = (text: string, every: ExportSchedule["every"]): boolean =>
  (every === "day" ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d$/).test(text) &&
  // A date such as the 31st of February would be one of March.
  dayText(boundsOf(text).first).startsWith(text);

/** The local dates of a period, and so many months before it. @example datesOf("2026-02").length // 28 */
export const datesOf = (period: string, monthsBefore = 0): readonly string[] => {
  const { first, next } = boundsOf(period);
  const from = new Date(first);
  from.setUTCMonth(from.getUTCMonth() - monthsBefore);
  return Array.from({ length: Math.round((next - from.getTime()) / day) }, (_, n) => dayText(from.getTime() + n * day));
};

/** The first day of a period, which is its key. */
export const firstDayOf = (period: string): string => dayText(boundsOf(period).first);

/** When a period is due. */
export const dueAt = (period: string, { minute: at, daysLater = 0 }: ExportSchedule, zone: string): Millis =>
  utcOfLocal(zone, boundsOf(period).next + daysLater * day + at * minute);

const before = (period: string): string => {
  const { first } = boundsOf(period);
  return period.length === 10 ? dayText(first - day) : dayText(first - day).slice(0, 7);
};

/**
 * The periods that are due, the newest first: at most so many, and none that was due before `since`.
 *
 * @example
 * duePeriods({ every: "day", minute: 300 }, "UTC", { now: Date.UTC(2026, 2, 30, 4), since: 0, most: 2 }) // ["2026-03-28", "2026-03-27"]
 */
export const duePeriods = (
  schedule: ExportSchedule,
  zone: string,
  { now, since, most }: { readonly now: Millis; readonly since: Millis; readonly most: number },
): readonly string[] => {
  const today = dayText(localMillis(zone, now));
  let period = schedule.every === "day" ? today : today.slice(0, 7);
  const due: string[] = [];
  // As many steps back as days later may hide, and some more.
  for (let steps = 0; steps < most + 70 && due.length < most; steps++) {
    const at = dueAt(period, schedule, zone);
    if (at < since) break;
    if (at <= now) due.push(period);
    period = before(period);
  }
  return due;
};
