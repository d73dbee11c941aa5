/** What the reader wants to see of the events, as the address keeps it. */
import { oneOf } from "../../state/loose.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { isAlarm, type StoredEvent } from "./event-answer.ts";

/** Groups of kinds that belong together for a reader. */
export const GROUPS = {
  alarms: ["alarm", "child-alarm", "log"],
  outages: ["outage"],
  log: ["log"],
  control: ["tier", "calendar", "override", "control"],
  gateway: [
    ...[
      "meter-exchange",
      "serial-unsteady",
      "register-fall",
      "register-leap",
      "register-rollover",
      "frozen",
      "sum-difference",
    ],
    ...["intervals-missing", "machine-clock-step", "meter-clock-step", "meter-clock-off", "load-profile-changed"],
    ...["load-profile", "event-log", "outage-log", "self-reads", "children"].flatMap((what) =>
      ["none", "unused", "unit-unknown", "refused", "unreadable", "clock", "future", "zone"].map(
        (why) => `${what}-${why}`,
      ),
    ),
  ],
  device: ["device"],
  // They are not stored: see `log-events.ts`.
  lines: [],
} as const satisfies Record<string, readonly string[]>;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

/** Lengths of time to look back, in days. */
export const PERIODS = [1, 7, 30, 365] as const;

export interface Filter {
  readonly group: Group | null;
  /** Looked for in the words of each event. */
  readonly search: string;
  /** Days to look back; null for all, or for `from` and `to`. */
  readonly days: (typeof PERIODS)[number] | null;
  /** First and last day, "2026-01-31"; empty if open. */
  readonly from: string;
  readonly to: string;
}

const LONGEST_SEARCH = 80;
const DAY_MS = 86_400_000;

function dayOf(text: string | undefined): string {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : "";
}

/**
 * The filter in an address; what it does not understand counts as not chosen.
 *
 * @example filterOf({ group: "outages", days: "7" }).days // 7
 */
export function filterOf(query: Readonly<Record<string, string>>): Filter {
  const days = PERIODS.find((period) => String(period) === query.days) ?? null;
  const [from, to] = days === null ? [dayOf(query.from), dayOf(query.to)] : ["", ""];
  const search = (query.q ?? "").slice(0, LONGEST_SEARCH);
  return { group: oneOf(GROUP_NAMES, query.group), search, days, from, to };
}

/** A filter as the address keeps it; undefined removes a key. */
export function queryOf({ group, search, days, from, to }: Filter): Record<string, string | undefined> {
  return {
    group: group ?? undefined,
    q: search === "" ? undefined : search,
    days: days === null ? undefined : String(days),
    from: from === "" ? undefined : from,
    to: to === "" ? undefined : to,
  };
}

/** Whether the page has to look at each event itself, since the gateway cannot. */
export function looksItself({ group, search }: Filter): boolean {
  return group === "alarms" || search.trim() !== "";
}

/**
 * From when to when the reader wants events, milliseconds since 1970.
 *
 * @param calendar that of the point, to which the chosen days belong
 */
export function spanOf({ days, from, to }: Filter, now: number, calendar: ZoneCalendar): readonly [number, number] {
  // Whole minutes, so that the same page asks the same.
  const back = days === null ? null : Math.floor((now - days * DAY_MS) / 60_000) * 60_000;
  const last = calendar.dayOf(to);
  return [
    back ?? calendar.dayOf(from) ?? Number.NEGATIVE_INFINITY,
    last === null ? Number.POSITIVE_INFINITY : calendar.next("day", last),
  ];
}

/** The query of the gateway's API, with the same arguments. */
export function apiQuery(filter: Filter, now: number, calendar: ZoneCalendar): URLSearchParams {
  const query = new URLSearchParams();
  const kinds = filter.group === null ? [] : GROUPS[filter.group];
  if (kinds.length > 0) query.set("kind", kinds.join(","));
  const [from, to] = spanOf(filter, now, calendar);
  if (Number.isFinite(from)) query.set("from", new Date(from).toISOString());
  if (Number.isFinite(to)) query.set("to", new Date(to).toISOString());
  return query;
}

/** Whether lines of the gateway's log are among what is wanted. */
export function wantsLines({ group }: Filter): boolean {
  return group === null || group === "lines";
}

/** Whether nothing that is stored is wanted. */
export function wantsOnlyLines({ group }: Filter): boolean {
  return group === "lines";
}

/** Small letters without accents, for comparing. */
export function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/**
 * Whether an event is wanted, beyond what the gateway has looked at.
 *
 * @param words what the page says of it
 */
export function wants({ group, search }: Filter, event: StoredEvent, words: () => string): boolean {
  if (group === "alarms" && !isAlarm(event)) return false;
  const wanted = plain(search).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const said = plain(words());
  return wanted.every((word) => said.includes(word));
}
