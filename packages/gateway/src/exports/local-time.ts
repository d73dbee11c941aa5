/** Times with their UTC offset, so that the repeated hour in autumn is unambiguous. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";

const twoDigits = (n: number): string => String(n).padStart(2, "0");

/** Without milliseconds if they are 0. */
const isoText = (millis: Millis): string => new Date(millis).toISOString().replace(/(?:\.000)?Z$/, "");

/**
 * A moment in UTC.
 *
 * @example
 * utcText(1774746000000) // "2026-03-29T01:00:00Z"
 */
export const utcText = (millis: Millis): string => `${isoText(millis)}Z`;

/** Offsets change only at whole quarters of an hour. */
const quarter: Millis = 900_000;

/** Some forty days of quarters: what is written goes on from day to day, or through one day for many points. */
const rememberedQuarters = 4_096;

/**
 * Tells moments by the clock of a zone: "2026-03-29T03:00:00+02:00". It remembers the offsets of quarters of an hour, since asking for one is
 * slow.
 *
 * @throws UsageError (`zone`) if there is no such zone
 */
export const localTextOf = (zone: string): ((millis: Millis) => string) => {
  const offsets = new Map<Millis, Millis>();
  const offsetAt = (start: Millis): Millis => {
    const known = offsets.get(start);
    if (known !== undefined) return known;
    if (offsets.size >= rememberedQuarters) offsets.clear();
    const offset = localMillis(zone, start) - start;
    offsets.set(start, offset);
    return offset;
  };
  offsetAt(0);
  return (millis) => {
    const offset = offsetAt(Math.floor(millis / quarter) * quarter);
    const minutes = Math.round(offset / 60_000);
    const ahead = Math.abs(minutes);
    const sign = minutes < 0 ? "-" : "+";
    return `${isoText(millis + offset)}${sign}${twoDigits(Math.floor(ahead / 60))}:${twoDigits(ahead % 60)}`;
  };
};
