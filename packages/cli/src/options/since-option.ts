/** Times as people write them: a moment, a day or a time of day in some zone, or how long ago. */
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import type { Zone } from "../format/moment.ts";
import { type Io, say } from "../io/io.ts";

const moment = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

const realDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00Z`);
  // Date.parse takes 31 February for 3 March.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
};

/** What a text means: milliseconds, or a time by some clock. */
type Said = { readonly millis: Millis } | { readonly local: string };

const said = (text: string, now: Millis, option: string): Said => {
  const ago = parseDuration(text);
  if (ago !== undefined) return { millis: now - ago };
  const [, day = "", time = "00:00", seconds = ":00", zone] = moment.exec(text) ?? [];
  const local = `${day}T${time}${seconds}`;
  const millis = Date.parse(`${local}${zone ?? "Z"}`);
  if (realDay(day) && !Number.isNaN(millis)) return zone === undefined ? { local: local.slice(0, 19) } : { millis };
  throw new UsageError(
    "since",
    `${option} ${JSON.stringify(text.slice(0, 40))} is not a time; write 7d, 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00Z`,
  );
};

/**
 * Milliseconds since 1970 of "2026-01-31" (when that day begins in the zone), "2026-01-31T12:00" (in the zone),
 * "2026-01-31T12:00Z" or "7d" (ago).
 *
 * @throws UsageError (`since`)
 * @example
 * parseSince("2026-01-31", 0, zoneOf("UTC")) // 1769817600000
 */
export const parseSince = (text: string, now: Millis, zone: Zone, option = "--since"): Millis => {
  const time = said(text, now, option);
  return "millis" in time ? time.millis : zone.millis(time.local);
};

/**
 * A time by the meter's own clock, which is taken to go by the zone: "2026-01-31", "2026-01-31T12:00",
 * "2026-01-31T12:00Z" or "3d" (ago).
 *
 * @throws UsageError (`since`)
 * @example
 * parseLocalSince("2026-01-31", 0, zoneOf("UTC")) // "2026-01-31T00:00:00"
 */
export const parseLocalSince = (text: string, now: Millis, zone: Zone, option = "--since"): string => {
  const time = said(text, now, option);
  return "local" in time ? time.local : zone.text(new Date(time.millis).toISOString()).replace(" ", "T");
};

/** Reports which times were asked for, and in which zone: a day is another one elsewhere. */
export const sayTimes = (
  io: Io,
  zone: Zone,
  { since, until }: { readonly since?: Millis | undefined; readonly until?: Millis | undefined },
): void => {
  const text = (time: Millis): string => zone.text(new Date(time).toISOString());
  const words = [
    ...(since === undefined ? [] : [`from ${text(since)}`]),
    ...(until === undefined ? [] : [`to ${text(until)}`]),
  ];
  if (words.length > 0) say(io, `${words.join(" ")}, in the zone ${zone.name}`);
};
