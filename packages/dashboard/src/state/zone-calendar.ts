/** Local days, weeks, months and years of a metering point, as moments in UTC: the reader's browser may be in another zone. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Kept offsets; ten years of days. */
const MOST_OFFSETS = 4000;

export type CalendarUnit = "day" | "week" | "month" | "year";

/** The parts of a moment on the point's clock on the wall. */
export interface LocalParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export interface Span {
  /** Milliseconds since 1970, as `to`. */
  readonly from: number;
  readonly to: number;
}

export class ZoneCalendar {
  /** UTC if this browser does not know the point's zone. */
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  /** By UTC day: the offset all day long, or null on a day when it changes. */
  readonly #offsets = new Map<number, number | null>();

  /** @param zone an IANA name such as "Europe/Copenhagen" */
  constructor(zone: string) {
    const options = {
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    } as const;
    let format: Intl.DateTimeFormat;
    let known = zone;
    try {
      format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
    } catch {
      known = "UTC";
      format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
    }
    this.zone = known;
    this.#format = format;
  }

  /** Milliseconds that the local clock is ahead of UTC. */
  offset(time: number): number {
    const day = Math.floor(time / DAY);
    let known = this.#offsets.get(day);
    if (known === undefined) {
      const [first, last] = [this.#offsetAt(day * DAY), this.#offsetAt((day + 1) * DAY)];
      known = first === last ? first : null;
      if (this.#offsets.size >= MOST_OFFSETS) this.#offsets.clear();
      this.#offsets.set(day, known);
    }
    return known ?? this.#offsetAt(time);
  }

  /** What the clock on the wall shows, as milliseconds since 1970-01-01T00:00 local. */
  local(time: number): number {
    return time + this.offset(time);
  }

  /** The moment at which it shows `local`: the first of two; if it skips that, what it would have been without the change. */
  utc(local: number): number {
    const [before, after] = [local - this.offset(local - DAY), local - this.offset(local + DAY)];
    const right = [before, after].filter((time) => this.local(time) === local);
    return right.length === 0 ? before : Math.min(...right);
  }

  parts(time: number): LocalParts {
    const date = new Date(this.local(time));
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  }

  /** The moment of a local date; months and days beyond their range run over. */
  at(year: number, month: number, day = 1): number {
    return this.utc(Date.UTC(year, month - 1, day));
  }

  /**
   * The beginning of the unit that holds a moment; weeks begin on Monday.
   *
   * @example new ZoneCalendar("Europe/Copenhagen").start("day", Date.UTC(2026, 2, 29, 12)) // 2026-03-28T23:00Z
   */
  start(unit: CalendarUnit, time: number): number {
    const { year, month, day } = this.parts(time);
    if (unit === "year") return this.at(year, 1);
    if (unit === "month") return this.at(year, month);
    // 1970-01-01 was a Thursday.
    const weekday = (Math.floor(this.local(time) / DAY) + 3) % 7;
    return this.at(year, month, unit === "week" ? day - weekday : day);
  }

  /** The beginning of the unit `count` units after the one that holds a moment. */
  next(unit: CalendarUnit, time: number, count = 1): number {
    const { year, month, day } = this.parts(this.start(unit, time));
    if (unit === "year") return this.at(year + count, 1);
    if (unit === "month") return this.at(year, month + count);
    return this.at(year, month, day + count * (unit === "week" ? 7 : 1));
  }

  /** "2026-11-29" */
  date(time: number): string {
    return new Date(this.local(time)).toISOString().slice(0, 10);
  }

  /** The beginning of the day of "2026-11-29"; null if that is no date. */
  dayOf(date: string): number | null {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
    const local = Date.parse(`${date}T00:00:00Z`);
    return Number.isFinite(local) && new Date(local).toISOString().slice(0, 10) === date ? this.utc(local) : null;
  }

  #offsetAt(time: number): number {
    const parts: Record<string, number> = {};
    const whole = Math.floor(time / 1000) * 1000;
    for (const { type, value } of this.#format.formatToParts(whole)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  }
}
