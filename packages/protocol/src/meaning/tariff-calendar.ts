/** What a TOU calendar says (BT54): which tariff applies when, by the local clock. MEP guide 1.1, pp. 231-235. */
import { twoDigits } from "../digits.ts";
import { UsageError } from "../errors.ts";
import type { RecurrentDate } from "../layout/dates.ts";
import type { BT54 } from "../tables/basic/bt54-calendar.ts";
import {
  type DayNumber,
  dateForm,
  dateText,
  dayOf,
  daysInYear,
  isoDay,
  latestOn,
  weekdayOf,
} from "./recurrent-dates.ts";

/** What a day brings. */
export type DayAction =
  | { readonly kind: "none" }
  | { readonly kind: "daylight-saving"; readonly on: boolean }
  | { readonly kind: "season"; readonly season: number }
  | { readonly kind: "special"; readonly schedule: number }
  | { readonly kind: "unknown"; readonly code: number };

/** A single day, or days that come again, with what they bring. */
export interface CalendarDate {
  /** In words: "last Sunday of March", "2026-12-24". */
  readonly text: string;
  /** ISO date of a single day; null for days that come again. */
  readonly day: string | null;
  /** null for a single day. */
  readonly recurrent: RecurrentDate | null;
  readonly action: DayAction;
  readonly demandReset: boolean;
  readonly selfRead: boolean;
}

/** A tier begins, this many minutes after midnight. */
export interface TierBegin {
  readonly minute: number;
  /** Counted from 0; the meter's display counts from 1. */
  readonly tier: number;
}

/** Indices of day schedules. */
export interface SeasonDays {
  /** By weekday, Sunday first. */
  readonly weekdays: readonly number[];
  /** Of the two kinds of holidays. */
  readonly special: readonly number[];
}

/** What is doubtful about a calendar. */
export type CalendarDoubt =
  /** A single day that no calendar has, or a recurrent one whose days no guide defines. */
  | "date"
  /** A switch at an impossible time, or out of order. */
  | "switch"
  /** Entries that the form of the calendar does not know. */
  | "format";

/** A TOU calendar. */
export interface TariffCalendar {
  readonly id: number;
  readonly dates: readonly CalendarDate[];
  /** Switches of each day schedule, the first one at midnight; null where they cannot be true. */
  readonly schedules: readonly (readonly TierBegin[] | null)[];
  readonly seasons: readonly SeasonDays[];
  /** The season that lasts where no date begins one; null if unknown. */
  readonly standingSeason: number | null;
  readonly doubts: readonly CalendarDoubt[];
}

/** What applies on a day; null is unknown. */
export interface TariffDay {
  readonly day: string;
  /** Counted from 0. */
  readonly season: number | null;
  /** "special" where the day is a holiday. */
  readonly kind: "weekday" | "special";
  /** Index of its day schedule. */
  readonly schedule: number | null;
  readonly switches: readonly TierBegin[] | null;
}

/** "MEP guide 1.1, p. 233"; ANSI C12.19 has further codes, which these meters do not. */
const firstSeason = 3;
const lastSeason = 14;
const firstSpecial = 19;
const lastSpecial = 20;
const switchesPerSchedule = 10;
const erased = 31;
const lastHour = 23;
const lastMinute = 59;

const actionOf = (code: number): DayAction => {
  if (code === 0) return { kind: "none" };
  if (code <= 2) return { kind: "daylight-saving", on: code === 1 };
  if (code >= firstSeason && code <= lastSeason) return { kind: "season", season: code - firstSeason };
  if (code >= firstSpecial && code <= lastSpecial) return { kind: "special", schedule: code - firstSpecial };
  return { kind: "unknown", code };
};

type Switch = BT54["tierSwitches"][number];
const isErased = ({ hour, minute, tier }: Switch): boolean => hour === 31 && minute === 63 && tier === 7;
const isBlank = (entry: Switch): boolean =>
  isErased(entry) || (entry.hour === 0 && entry.minute === 0 && entry.tier === 0);
const sameSwitch = (a: Switch, b: Switch): boolean => a.hour === b.hour && a.minute === b.minute && a.tier === b.tier;

/**
 * The switches of one day schedule. They stand in order, so the list ends where nothing new comes: room that is not used
 * is blank, or holds the last switch again. Undefined where something else stands there.
 */
const scheduleOf = (entries: readonly Switch[]): readonly TierBegin[] | undefined => {
  const begins: TierBegin[] = [];
  if (entries.every(isErased)) return begins;
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (before !== undefined && (isBlank(entry) || sameSwitch(before, entry))) {
      const rest = entries.slice(i);
      return rest.every((other) => isBlank(other) || sameSwitch(before, other)) ? begins : undefined;
    }
    const { hour, minute, tier } = entry;
    const at = hour * 60 + minute;
    const last = begins.at(-1);
    if (hour > lastHour || minute > lastMinute) return undefined;
    // "First switch of every day begins at midnight" (p. 230).
    if (last === undefined ? at !== 0 : at <= last.minute) return undefined;
    begins.push({ minute: at, tier });
  }
  return begins;
};

const seasonsOf = ({ seasonSchedules, weekdaySeasonSchedules }: BT54): SeasonDays[] => [
  ...(seasonSchedules ?? []).map(({ saturday, sunday, weekday, specialSchedule0, specialSchedule1 }) => ({
    weekdays: [sunday, weekday, weekday, weekday, weekday, weekday, saturday],
    special: [specialSchedule0, specialSchedule1],
  })),
  ...(weekdaySeasonSchedules ?? []).map((season) => ({
    weekdays: [
      season.sunday,
      season.monday,
      season.tuesday,
      season.wednesday,
      season.thursday,
      season.friday,
      season.saturday,
    ],
    special: [season.specialSchedule0, season.specialSchedule1],
  })),
];

const isEmpty = ({ action, demandReset, selfRead }: CalendarDate): boolean =>
  action.kind === "none" && !demandReset && !selfRead;

/**
 * A calendar from its table. Entries that are not used are left out, and what cannot be true is marked. A calendar whose
 * dates begin no season stays in the one that the meter is in, which the table does not tell. MEP guide 1.1, pp. 228-235.
 */
export const tariffCalendar = (bt54: BT54, standingSeason: number | null = null): TariffCalendar => {
  const doubts = new Set<CalendarDoubt>();
  const single = (bt54.nonRecurringDates ?? []).flatMap(({ date, action, demandReset, selfRead }): CalendarDate[] => {
    // Memory that was never written holds 0 or 255.
    if ((date.month === 0 && date.day === 0) || (date.year === 127 && date.month === 15 && date.day === 31)) return [];
    const day = dayOf(date);
    if (day === undefined) doubts.add("date");
    const text = day === undefined ? `20${twoDigits(date.year)}-${date.month}-${date.day}` : isoDay(day);
    const what = { action: actionOf(action), demandReset, selfRead };
    return [{ text, day: day === undefined ? null : isoDay(day), recurrent: null, ...what }];
  });
  // The first record tells the form of all; without single days there is no other form.
  const older = single.length > 0 && bt54.recurringDates[0]?.touFormat === 0;
  if (older) doubts.add("format");
  const recurring = bt54.recurringDates.flatMap(({ date, action, demandReset, selfRead }): CalendarDate[] => {
    const entry = { action: actionOf(action), demandReset, selfRead };
    // Memory that was never written may hold ones, and no such action exists.
    if (dateForm(date) === "none" || action === erased) return [];
    const dated = { text: dateText(date), day: null, recurrent: date, ...entry };
    if (isEmpty(dated)) return [];
    if (dateForm(date) === "undated") doubts.add("date");
    return [dated];
  });
  const schedules: (readonly TierBegin[] | null)[] = [];
  for (let i = 0; i + switchesPerSchedule <= bt54.tierSwitches.length; i += switchesPerSchedule) {
    const schedule = scheduleOf(bt54.tierSwitches.slice(i, i + switchesPerSchedule));
    if (schedule === undefined) doubts.add("switch");
    schedules.push(schedule ?? null);
  }
  return {
    id: bt54.calendarId,
    dates: [...(older ? [] : single.filter((date) => !isEmpty(date))), ...recurring],
    schedules,
    seasons: seasonsOf(bt54),
    standingSeason,
    doubts: [...doubts],
  };
};

/** The latest day on or before `day` that a date means; undefined where there is none, null if that cannot be told. */
const latestOf = ({ day: single, recurrent }: CalendarDate, day: DayNumber): DayNumber | null | undefined => {
  if (recurrent === null) {
    // A day that no calendar has never comes.
    if (single === null) return undefined;
    const found = Date.parse(`${single}T00:00:00Z`) / 86_400_000;
    return found <= day ? found : undefined;
  }
  return dateForm(recurrent) === "undated" ? null : latestOn(recurrent, day);
};

/** What is in effect by the latest of several dates; null where that cannot be told, undefined where there is none. */
const inEffect = (
  calendar: TariffCalendar,
  day: DayNumber,
  pick: (action: DayAction) => number | undefined,
): { readonly since: DayNumber; readonly value: number | null } | null | undefined => {
  let found: { since: DayNumber; value: number | null } | undefined;
  for (const date of calendar.dates) {
    const value = pick(date.action);
    if (value === undefined) continue;
    const since = latestOf(date, day);
    if (since === null) return null;
    if (since === undefined || (found !== undefined && found.since > since)) continue;
    // No guide says which of two that begin on one day wins.
    const same = found === undefined || found.since < since || found.value === value;
    found = { since, value: same ? value : null };
  }
  return found;
};

const tariffDay = (calendar: TariffCalendar, day: DayNumber): TariffDay => {
  const began = inEffect(calendar, day, (action) => (action.kind === "season" ? action.season : undefined));
  const holiday = inEffect(calendar, day, (action) => (action.kind === "special" ? action.schedule : undefined));
  const season = began === undefined ? calendar.standingSeason : (began?.value ?? null);
  const days = season === null ? undefined : calendar.seasons[season];
  const isSpecial = holiday !== undefined && holiday !== null && holiday.since === day;
  const special = isSpecial && holiday.value !== null ? days?.special[holiday.value] : undefined;
  // Where it cannot be told whether the day is a holiday, neither can its schedule.
  const normal = holiday === null || isSpecial ? undefined : days?.weekdays[weekdayOf(day)];
  const schedule = special ?? normal ?? null;
  return {
    day: isoDay(day),
    season,
    kind: isSpecial ? "special" : "weekday",
    schedule,
    switches: schedule === null ? null : (calendar.schedules[schedule] ?? null),
  };
};

const localTime = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?)?$/;

/** Day and minute of a local time. */
const parseLocal = (local: string): { readonly day: DayNumber; readonly minute: number } => {
  const [, year, month, date, hour = "0", minute = "0"] = localTime.exec(local) ?? [];
  const day =
    year === undefined ? undefined : dayOf({ year: Number(year) - 2000, month: Number(month), day: Number(date) });
  if (day === undefined || Number(hour) > lastHour || Number(minute) > lastMinute)
    throw new UsageError(
      "time",
      `${JSON.stringify(local.slice(0, 40))} is not a local time; write 2026-01-31 or 2026-01-31T12:00`,
    );
  return { day, minute: Number(hour) * 60 + Number(minute) };
};

/**
 * What applies on a local day, as in "2026-01-31".
 *
 * @throws UsageError (`time`)
 */
export const tariffOn = (calendar: TariffCalendar, local: string): TariffDay =>
  tariffDay(calendar, parseLocal(local).day);

/**
 * The tier that a calendar puts in effect at a local time, counted from 0; null where the calendar does not tell. It
 * does not know overrides (ET47) or tiers set by hand.
 *
 * @throws UsageError (`time`)
 * @example
 * const switches = [{ minute: 0, tier: 1 }, { minute: 360, tier: 0 }];
 * const always = { text: "each day", day: null, recurrent: { month: 15, period: 1, delta: 0 } };
 * const dates = [{ ...always, action: { kind: "season", season: 0 }, demandReset: false, selfRead: false }];
 * const seasons = [{ weekdays: [0, 0, 0, 0, 0, 0, 0], special: [0, 0] }];
 * tierAt({ id: 1, dates, schedules: [switches], seasons, standingSeason: null, doubts: [] }, "2026-01-31T05:59") // 1
 */
export const tierAt = (calendar: TariffCalendar, local: string): number | null => {
  const { day, minute } = parseLocal(local);
  return tariffDay(calendar, day).switches?.findLast((begin) => begin.minute <= minute)?.tier ?? null;
};

/** The days of a year that a date means, as ISO dates in order; none where they cannot be told. */
export const daysOf = ({ day, recurrent }: CalendarDate, year: number): readonly string[] =>
  recurrent === null ? (day?.startsWith(`${year}-`) === true ? [day] : []) : daysInYear(recurrent, year).map(isoDay);
