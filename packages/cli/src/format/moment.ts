/** Times for people: in UTC, and in a time zone. */
import { UsageError } from "@meterport/protocol/errors";

import type { Millis } from "@meterport/protocol/ports";

/** Converts between moments and the local time of a zone. */
export interface Zone {
  /** "Europe/Berlin". */
  readonly name: string;
  /** "2026-01-01 01:00:00". */
  readonly text: (iso: string) => string;
  /**
   * When its clock shows "2026-01-01T01:00:00": the first time if that comes twice, and the end of the skipped hour
   * if it never comes.
   */
  readonly millis: (local: string) => Millis;
}

/** Whether the zone is named as UTC. */
export const isUtc = ({ name }: Zone): boolean => /^(UTC|GMT|Etc\/(UTC|GMT|UCT|Zulu|Universal))$/i.test(name);

const day: Millis = 86_400_000;

/**
 * A zone by its IANA name; this machine's zone if omitted.
 *
 * @throws UsageError (`zone`)
 */
export const zoneOf = (name: string | undefined): Zone => {
  try {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone: name,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    const partsOf = (time: Millis): Readonly<Record<string, string>> =>
      Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const text = (iso: string): string => {
      const { year, month, day, hour, minute, second } = partsOf(Date.parse(iso));
      return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
    };
    const ahead = (time: Millis): Millis => {
      const { year, month, day, hour, minute, second } = partsOf(time);
      const whole = Math.floor(time / 1000) * 1000;
      return (
        Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - whole
      );
    };
    const millis = (local: string): Millis => {
      const asUtc = Date.parse(`${local}Z`);
      // No zone changes twice within two days.
      const [before, after] = [asUtc - ahead(asUtc - day), asUtc - ahead(asUtc + day)];
      const shown = [before, after].filter((time) => time + ahead(time) === asUtc);
      return shown.length === 0 ? before : Math.min(...shown);
    };
    return { name: format.resolvedOptions().timeZone, text, millis };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const shown = JSON.stringify(name?.slice(0, 40));
    throw new UsageError("zone", `--zone ${shown} is not a time zone; write one as in Europe/Berlin or UTC`, { cause });
  }
};

/** "2026-01-01T00:00:00Z" as "2026-01-01 00:00:00"; a dash for an unknown moment. */
export const plainMoment = (iso: string | null): string =>
  iso === null ? "–" : iso.replace("T", " ").replace("Z", "");

/**
 * How long something lasted, in its two largest units.
 *
 * @example
 * spanText(3725) // "1 h 2 min"
 */
export const spanText = (seconds: number): string => {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
};
