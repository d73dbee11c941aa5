/** What a meter says now of a device behind it: when it reads it for the utility, and how that goes. */
import { listOf, number, oneOf, record, text } from "../../../state/loose.ts";

export interface ReadTimes {
  readonly kind: "never" | "hourly" | "daily" | "weekly" | "monthly" | "unknown";
  /** Of the month. */
  readonly day: number | null;
  /** 0 is Sunday. */
  readonly weekday: number | null;
  /** "06:30"; only the minute counts if it is hourly. */
  readonly at: string | null;
}

export interface ChildReport {
  readonly handle: number;
  readonly customerId: string | null;
  /** When the meter reads it for billing; null if it does not say. */
  readonly times: ReadTimes | null;
  /** Minutes between reads for the load profile, 0 at each of its intervals; null if unknown. */
  readonly profileMinutes: number | null;
  readonly attempts: number | null;
  readonly answers: number | null;
  /** By the meter's clock, as "2026-01-01T11:00:00". */
  readonly lastAttempt: string | null;
}

const KINDS = ["never", "hourly", "daily", "weekly", "monthly", "unknown"] as const;
/** More than any meter can have. */
const MOST = 64;

function twoDigits(value: number | null): string | null {
  return value === null || value < 0 || value > 59 ? null : String(Math.floor(value)).padStart(2, "0");
}

function timesOf(data: unknown): ReadTimes | null {
  const loose = record(data);
  const kind = oneOf(KINDS, loose?.kind);
  if (loose === null || kind === null) return null;
  const [hour, minute] = [twoDigits(number(loose.hour) ?? 0), twoDigits(number(loose.minute))];
  const weekday = number(loose.weekday);
  return {
    ...{ kind, day: number(loose.day), at: hour === null || minute === null ? null : `${hour}:${minute}` },
    weekday: weekday !== null && Number.isInteger(weekday) && weekday >= 0 && weekday <= 6 ? weekday : null,
  };
}

/** The answer of `points/{id}/children`; null if it is none. */
export function reportsOf(data: unknown): ChildReport[] | null {
  return listOf(record(data)?.children, MOST, (entry) => {
    const loose = record(entry);
    const handle = number(loose?.handle);
    if (loose === null || handle === null) return null;
    const schedule = record(loose.schedule);
    return {
      ...{ handle, customerId: text(loose.customerId), times: timesOf(schedule?.times) },
      profileMinutes: number(schedule?.loadProfile_min),
      ...{ attempts: number(loose.attempts), answers: number(loose.answers), lastAttempt: text(loose.lastReadAttempt) },
    };
  });
}
