/** From when on: a moment, or how long ago. */
import { twoDigits } from "@meterport/protocol/digits";
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";

const withZone = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Milliseconds since 1970 of "2026-01-31" (midnight in UTC), "2026-01-31T12:00Z" or "7d" (ago).
 *
 * @throws UsageError (`since`)
 */
export const parseSince = (text: string, now: Millis, option = "--since"): Millis => {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const millis = withZone.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  if (!Number.isNaN(millis) && realDay(text)) return millis;
  throw new UsageError(
    "since",
    `${option} ${JSON.stringify(text.slice(0, 40))} is no moment; write 7d, 2026-01-31 or 2026-01-31T12:00Z`,
  );
};

const realDay = (text: string): boolean => {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00Z`).toISOString().slice(0, 10) === day;
};

const local = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2})?)?$/;

/** This machine's local time; the meter's is not known, and nobody means the minute who says "3d". */
const localTime = (millis: Millis): string => {
  const at = new Date(millis);
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return `${date}T${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`;
};

/**
 * A time by the meter's own clock, which has no zone: "2026-01-31", "2026-01-31T12:00", or "3d" (ago).
 *
 * @throws UsageError (`since`)
 * @example
 * parseLocalSince("2026-01-31", 0) // "2026-01-31T00:00:00"
 */
export const parseLocalSince = (text: string, now: Millis, option = "--since"): string => {
  const ago = parseDuration(text);
  if (ago !== undefined) return localTime(now - ago);
  const match = local.exec(text);
  const iso = `${match?.[1]}T${match?.[2] ?? "00:00"}${match?.[3] ?? ":00"}`;
  if (match !== null && !Number.isNaN(Date.parse(`${iso}Z`)) && realDay(text)) return iso;
  throw new UsageError(
    "since",
    `${option} ${JSON.stringify(text.slice(0, 40))} is no local time; write 3d, 2026-01-31 or 2026-01-31T12:00`,
  );
};
