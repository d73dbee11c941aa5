/** A TOU calendar for people. Tiers are named as on the meter's display: T1 is tier 0 of the tables. */

import type { Activation, CalendarReading, LocalTimeRules } from "@meterport/client/readers/calendar";
import type { NextSwitch } from "@meterport/client/readers/tariff-watch";
import { twoDigits } from "@meterport/protocol/digits";
import {
  type CalendarDate,
  type DayAction,
  daysOf,
  type TariffCalendar,
  type TariffDay,
  type TierBegin,
} from "@meterport/protocol/meaning/tariff-calendar";
import { plainMoment, spanText } from "../../format/moment.ts";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { presentText, tierName } from "../tariffs/tariff-text.ts";

/** The day, or the time of day, that the user asked for. */
export interface Asked extends TariffDay {
  /** "2026-01-31T12:00:00" */
  readonly time: string;
  /** In effect at that time. */
  readonly tier: number | null;
}

const clockText = (minute: number): string => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;

const switchesText = (switches: readonly TierBegin[] | null | undefined): string => {
  if (switches === null || switches === undefined) return "unknown: its switches are impossible";
  if (switches.length === 0) return "no tier begins";
  const [only, ...others] = switches;
  if (only !== undefined && others.length === 0) return `${tierName(only.tier)} all day`;
  return switches.map(({ minute, tier }) => `${clockText(minute)} ${tierName(tier)}`).join("  ");
};

/** Starting with Monday. */
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const mondayFirst = [1, 2, 3, 4, 5, 6, 0] as const;

/** Neighbouring weekdays with the same schedule share a line. */
const seasonRows = (calendar: TariffCalendar, season: number, used: ReadonlySet<number>): Row[] => {
  const days = calendar.seasons[season];
  if (days === undefined) return [["", "the meter has no such season"]];
  const groups: { first: number; last: number; schedule: number }[] = [];
  for (const weekday of mondayFirst) {
    const schedule = days.weekdays[weekday] ?? -1;
    const group = groups.at(-1);
    if (group?.schedule === schedule) group.last = weekday;
    else groups.push({ first: weekday, last: weekday, schedule });
  }
  const nameOf = ({ first, last }: (typeof groups)[number]): string => {
    if (groups.length === 1) return "every day";
    return first === last ? (weekdays[first] ?? "") : `${weekdays[first]} to ${weekdays[last]}`;
  };
  return [
    ...groups.map((group): Row => [nameOf(group), switchesText(calendar.schedules[group.schedule])]),
    ...days.special.flatMap((schedule, kind): Row[] =>
      used.has(kind) ? [[`holidays of kind ${kind + 1}`, switchesText(calendar.schedules[schedule])]] : [],
    ),
  ];
};

const actionText = (action: DayAction): string => {
  switch (action.kind) {
    case "none":
      return "";
    case "daylight-saving":
      return `daylight saving time ${action.on ? "on" : "off"}`;
    case "season":
      return `season ${action.season}`;
    case "special":
      return `holiday of kind ${action.schedule + 1}`;
    case "unknown":
      return `action ${action.code}, not documented`;
  }
};

const mostDays = 3;
const dateRow = (date: CalendarDate, year: number): Row => {
  const what = [actionText(date.action), date.demandReset ? "demand reset" : "", date.selfRead ? "self-read" : ""];
  const days = daysOf(date, year);
  const shown = days.length <= mostDays ? days.join(", ") : `${days.length} days in ${year}`;
  return [date.text, what.filter((text) => text !== "").join(", "), date.day === null ? shown : ""];
};

const rulesText = ({ zone_min, daylightSaving_min, at }: LocalTimeRules): string => {
  const sign = zone_min < 0 ? "-" : "+";
  const zone = `UTC${sign}${clockText(Math.abs(zone_min))}`;
  const saving = `${daylightSaving_min} min ahead in daylight saving time, which begins and ends at ${at ?? "an unknown time"}`;
  return daylightSaving_min === 0 ? zone : `${zone}, ${saving}`;
};

const activationText = ({ kind, at, after_s, selfRead, demandReset }: Activation): string => {
  const when = {
    "at a time": at === null ? "at an impossible time" : `at ${plainMoment(at)} UTC`,
    "after a time": `${spanText(after_s ?? 0)} after it was written`,
    "by a procedure": "when a procedure activates it",
    unknown: "at an undocumented time",
  }[kind];
  const before = [...(selfRead ? ["a self-read"] : []), ...(demandReset ? ["a demand reset"] : [])];
  return `pending: takes effect ${when}${before.length === 0 ? "" : `, after ${before.join(" and ")}`}`;
};

const askedText = ({ day, season, kind, switches, time, tier }: Asked): string => {
  const inSeason = season === null ? "in an unknown season" : `in season ${season}`;
  const what = kind === "special" ? "a holiday" : "no holiday";
  const at = time.slice(11, 16);
  const then = at === "00:00" ? "" : `; at ${at} ${tier === null ? "the tier is unknown" : tierName(tier)}`;
  return `${day}, ${inSeason}, ${what}: ${switchesText(switches)}${then}`;
};

/** The seasons that dates begin, or the only one. */
const seasonsIn = ({ dates, standingSeason }: TariffCalendar): number[] => {
  const begun = dates.flatMap(({ action }) => (action.kind === "season" ? [action.season] : []));
  const standing = begun.length === 0 && standingSeason !== null ? [standingSeason] : [];
  return [...new Set([...begun, ...standing])].sort((a, b) => a - b);
};

export interface Shown {
  readonly asked: Asked | null;
  /** The next change of tier; null if there is none, or it is unknown. */
  readonly next: NextSwitch | null;
  /** The year for which days are listed. */
  readonly year: number;
}

/** The whole calendar, with a line for each schedule, date and relay switch. */
export const calendarText = (reading: CalendarReading, { asked, next, year }: Shown, paint: Paint): string => {
  const { calendar, activation, present, clock, relays } = reading;
  const title = (text: string): string => `${paint("bold", text)}\n`;
  const head = [
    `calendar ${calendar.id}`,
    ...(activation === null ? [] : [activationText(activation)]),
    ...(present === null ? [] : [presentText(present)]),
    ...(next === null ? [] : [`next, ${tierName(next.tier)} begins at ${plainMoment(next.at)}`]),
    ...(clock === null ? [] : [`local time is ${rulesText(clock)}`]),
    ...calendar.doubts.map((doubt) => `${doubt}?`),
  ];
  if (asked !== null) return `${head.join("\n")}\n\n${askedText(asked)}\n`;
  const special = new Set(calendar.dates.flatMap(({ action }) => (action.kind === "special" ? [action.schedule] : [])));
  const seasons = seasonsIn(calendar).map((season) => {
    const from = calendar.dates.flatMap(({ action, text }) =>
      action.kind === "season" && action.season === season ? [text] : [],
    );
    const name = `season ${season}${from.length === 0 ? "" : `, from ${from.join(", ")}`}`;
    return title(name) + alignedTable(seasonRows(calendar, season, special), { indent: "  ", width: paint.width });
  });
  const dates = calendar.dates.map((date) => dateRow(date, year));
  const relayRows = (relays ?? []).flatMap(({ relay, groups }) =>
    groups.map(
      ({ group, switches }): Row => [
        `relay ${relay}, group ${group}`,
        switches.map(({ minute, closed }) => `${clockText(minute)} ${closed ? "closed" : "open"}`).join("  "),
      ],
    ),
  );
  return [
    `${head.join("\n")}\n`,
    ...seasons,
    ...(dates.length === 0 ? [] : [title("dates") + alignedTable(dates, { indent: "  ", width: paint.width })]),
    ...(relayRows.length === 0
      ? []
      : [title("relays") + alignedTable(relayRows, { indent: "  ", width: paint.width })]),
  ].join("\n");
};
