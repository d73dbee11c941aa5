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

/**
 * Tells moments by the clock of a zone: "2026-03-29T03:00:00+02:00". It remembers the offset of the last quarter of an hour, since
 * asking for it is slow.
 *
 * @throws UsageError (`zone`) if there is no such zone
 */
export const localTextOf = (zone: string): ((millis: Millis) => string) => {
  let known = Number.NaN;
  let offset: Millis = 0;
  const find = (start: Millis): void => {
    offset = localMillis(zone, start) - start;
    known = start;
  };
  find(0);
  return (millis) => {
    const start = Math.floor(millis / quarter) * quarter;
    if (start !== known) find(start);
    const minutes = Math.round(offset / 60_000);
    const ahead = Math.abs(minutes);
    const sign = minutes < 0 ? "-" : "+";
    return `${isoText(millis + offset)}${sign}${twoDigits(Math.floor(ahead / 60))}:${twoDigits(ahead % 60)}`;
  };
};
