/** The list of metering points as the gateway gives it. */
import type { LinkState } from "@meterport/gateway/http/api";
import { count, distinct, listOf, number, oneOf, record, text, timeOf } from "./loose.ts";

/** What needs a look comes first. */
export const LINK_STATES = [
  "refused",
  "silent",
  "degraded",
  "connecting",
  "paused",
  "up",
] as const satisfies readonly LinkState[];

export interface PointRow {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly simulated: boolean;
  readonly state: LinkState;
  /** The cause of the state, as a stable code. */
  readonly cause: string | null;
  /** Milliseconds since 1970: the last authenticated reading. */
  readonly lastReading: number | null;
  /** W, import positive. */
  readonly power: number | null;
}

export interface PointsPage {
  readonly rows: readonly PointRow[];
  readonly next: string | null;
  /** Points of the gateway, whatever was asked for. */
  readonly total: number;
  /** Points that fit what was asked for; null from a gateway that does not count them. */
  readonly found: number | null;
  readonly states: Readonly<Record<LinkState, number>>;
}

/** More than a page of the list can have. */
const MOST_ROWS = 1000;
/** Twice as many as a gateway takes: the page makes room for each. */
const MOST_POINTS = 100_000;
const LONGEST_NAME = 200;

/** @example pointRowOf({ id: "home", name: "Home", link: { state: "up" } })?.power // null */
export function pointRowOf(data: unknown): PointRow | null {
  const loose = record(data);
  const id = text(loose?.id);
  const link = record(loose?.link);
  const state = oneOf(LINK_STATES, link?.state);
  if (loose === null || link === null || id === null || state === null) return null;
  return {
    id,
    name: (text(loose.name) ?? id).slice(0, LONGEST_NAME),
    group: text(loose.group)?.slice(0, LONGEST_NAME) ?? null,
    simulated: loose.simulated === true,
    state,
    cause: text(link.cause),
    lastReading: timeOf(link.last_reading),
    power: loose.quality === "stale" ? null : number(loose.power_w),
  };
}

function pointsOf(value: unknown): number | null {
  return number(value) === null ? null : Math.min(MOST_POINTS, Math.floor(count(value)));
}

export function statesOf(data: unknown): Readonly<Record<LinkState, number>> {
  const loose = record(data);
  return Object.fromEntries(LINK_STATES.map((state) => [state, count(loose?.[state])])) as Record<LinkState, number>;
}

/** A page of `GET /api/v1/points`; null if it is none. */
export function pointsPageOf(data: unknown): PointsPage | null {
  const loose = record(data);
  const listed = listOf(loose?.points, MOST_ROWS, pointRowOf);
  if (loose === null || listed === null) return null;
  const rows = distinct(listed, ({ id }) => id);
  return {
    rows,
    next: text(loose.next),
    total: pointsOf(loose.total) ?? rows.length,
    found: pointsOf(loose.found),
    states: statesOf(loose.states),
  };
}

export interface PointQuery {
  readonly q?: string | undefined;
  readonly states?: readonly LinkState[] | undefined;
  /** The empty text is "in no group". */
  readonly group?: string | undefined;
  readonly sort?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/** @example pointsPath({ q: "a&b", limit: 9 }) // "points?limit=9&q=a%26b" */
export function pointsPath({ q, states, group, sort, limit, cursor }: PointQuery): string {
  const query = new URLSearchParams({ limit: String(limit) });
  // Longer texts are refused, and no name has more.
  if (q !== undefined && q.trim() !== "") query.set("q", q.trim().slice(0, 100));
  if (states !== undefined && states.length > 0) query.set("state", states.join(","));
  if (group !== undefined) query.set("group", group);
  if (sort !== undefined && sort !== "configured") query.set("sort", sort);
  if (cursor !== undefined && cursor !== null) query.set("cursor", cursor);
  return `points?${query}`;
}
