/** Where the days, months and years of a time zone begin, as moments in UTC: a day has 23, 24 or 25 hours. */
import type { Millis } from "@meterport/protocol/ports";

export const periods = ["day", "month", "year"] as const;
export type Period = (typeof periods)[number];

interface LocalDate {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly day: number;
}

/** The time that clocks of the zone show, as if it were UTC. */
type ShownTime = (time: Millis) => Millis;

const oneDay: Millis = 86_400_000;

/** Making one takes longer than using it; there are some hundreds of zones. */
const clocks = new Map<string, ShownTime>();

const clockOf = (zone: string): ShownTime => {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const shownTime: ShownTime = (time) => {
    const at = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
    const parts = format.formatToParts(time);
    return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
  };
  clocks.set(zone, shownTime);
  return shownTime;
};

/** The first moment of a date: if its midnight is skipped, the end of the skipped time. */
const startOf = (shownTime: ShownTime, { year, month, day }: LocalDate): Millis => {
  const midnight = Date.UTC(year, month, day);
  // No zone changes twice within two days.
  const [before, after] = [midnight - oneDay, midnight + oneDay].map((near) => midnight - (shownTime(near) - near));
  const right = [before as Millis, after as Millis].filter((time) => shownTime(time) === midnight);
  return right.length === 0 ? (before as Millis) : Math.min(...right);
};

const stepped = ({ year, month, day }: LocalDate, period: Period): LocalDate => {
  const next = new Date(
    period === "day"
      ? Date.UTC(year, month, day + 1)
      : period === "month"
        ? Date.UTC(year, month + 1, 1)
        : Date.UTC(year + 1, 0, 1),
  );
  return { year: next.getUTCFullYear(), month: next.getUTCMonth(), day: next.getUTCDate() };
};

/**
 * The bounds of all periods that touch a range, ascending: one more than there are periods. Undefined if they are more than `most`.
 *
 * @example
 * periodBounds("Europe/Berlin", "day", Date.UTC(2026, 2, 29), Date.UTC(2026, 2, 29, 1), 9) // [1774738800000, 1774821600000]
 */
export const periodBounds = (
  zone: string,
  period: Period,
  from: Millis,
  to: Millis,
  most: number,
): readonly Millis[] | undefined => {
  const shownTime = clockOf(zone);
  const local = new Date(shownTime(from));
  let date: LocalDate = {
    year: local.getUTCFullYear(),
    month: period === "year" ? 0 : local.getUTCMonth(),
    day: period === "day" ? local.getUTCDate() : 1,
  };
  const bounds = [startOf(shownTime, date)];
  do {
    if (bounds.length > most) return undefined;
    date = stepped(date, period);
    bounds.push(startOf(shownTime, date));
  } while ((bounds.at(-1) as Millis) < to);
  return bounds;
};
