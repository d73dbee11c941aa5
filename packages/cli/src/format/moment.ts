/** Moments for people: in UTC, and by the clock of some place. */
import { UsageError } from "@meterport/protocol/errors";

/** Writes a moment by the clock of a zone. */
export interface Zone {
  /** "Europe/Berlin". */
  readonly name: string;
  /** "2026-01-01 01:00:00". */
  readonly text: (iso: string) => string;
}

/**
 * A zone by its IANA name; that of this machine where there is none.
 *
 * @throws UsageError (`zone`)
 */
export const zoneOf = (name: string | undefined): Zone => {
  try {
    const format = new Intl.DateTimeFormat("en-CA", {
      ...(name === undefined ? {} : { timeZone: name }),
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    const text = (iso: string): string => {
      const parts = Object.fromEntries(format.formatToParts(Date.parse(iso)).map(({ type, value }) => [type, value]));
      return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
    };
    return { name: format.resolvedOptions().timeZone, text };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const shown = JSON.stringify(name?.slice(0, 40));
    throw new UsageError("zone", `--zone ${shown} is no time zone; write one as in Europe/Berlin or UTC`, { cause });
  }
};

/** "2026-01-01T00:00:00Z" as "2026-01-01 00:00:00"; a dash for a moment that is not known. */
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
