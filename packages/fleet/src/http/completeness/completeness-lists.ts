/** Completeness of many points, in the words of the API. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../../books/database.ts";
import { grouped } from "../../books/grouped.ts";
import type { KnownDay } from "../../books/known-day.ts";
import { completenessIn, coverageOf, type MonthCompleteness } from "../../books/queries.ts";
import { isChild } from "../../books/sql/child-points.ts";
import type { CompletenessMap, CompletenessRow } from "../api.ts";
import { type Part, percentOf } from "../lists/fleet-lists.ts";
import { daysOfMonth, mapRow } from "./month-map.ts";

/** Text as in \`lists\`; points behind id $1, with text $2, of site $3; at most $4. Meters behind a meter have no intervals that could be missing. */
const readPoints = `
  SELECT p.id, p.name, s.id AS site, coalesce(p.zone, s.zone, 'UTC') AS zone FROM metering_point p LEFT JOIN site s USING (site_id)
    WHERE p.id > $1 AND NOT ${isChild("p")} AND ($2::text IS NULL OR position(lower($2) IN lower(p.id)) > 0 OR position(lower($2) IN lower(p.name)) > 0)
      AND ($3::text IS NULL OR s.id = $3)
    ORDER BY p.id LIMIT $4`;

/** Sites behind id $1; at most $2. */
const readSiteIds = "SELECT id FROM site WHERE id > $1 ORDER BY id LIMIT $2";

const readPointsOfSites = `
  SELECT p.id FROM metering_point p JOIN site s USING (site_id) WHERE s.id = ANY ($1::text[]) ORDER BY p.id`;

/** Ranks of the channel $2 of points $1 on days from $3 to $4, and what is gone. */
const readDays = `
  SELECT p.id AS point, c.step, c.phase, known.day::text AS day, array_to_string(known.rank, '') AS rank, known.gone::text AS gone
    FROM metering_point p JOIN channel c USING (point_id)
    CROSS JOIN LATERAL (SELECT day, d.rank, g.gone
      FROM (SELECT day, rank FROM profile_day WHERE channel_id = c.channel_id AND day BETWEEN $3::date AND $4::date) AS d
      FULL JOIN (SELECT day, gone FROM gap WHERE channel_id = c.channel_id AND day BETWEEN $3::date AND $4::date) AS g
        USING (day)) AS known
    WHERE p.id = ANY ($1::text[]) AND c.name = $2 AND c.step > 0`;

const isoDay = (time: Millis): string => new Date(time).toISOString().slice(0, 10);
const day: Millis = 86_400_000;

const knownIn = (row: Row): KnownDay & { readonly point: string } => ({
  ...{ point: String(row.point), step: Number(row.step), phase: Number(row.phase), day: String(row.day) },
  ...{ rank: String(row.rank ?? ""), gone: String(row.gone ?? "") },
});

interface ListedPoint {
  readonly id: string;
  readonly name: string;
  readonly site: string | null;
  readonly zone: string;
}

const listPoints = async (
  run: Run,
  { after, limit, q, site }: Part & { readonly site?: string | undefined },
): Promise<readonly ListedPoint[]> =>
  (await run(readPoints, [after, q ?? null, site ?? null, limit])).rows.map((row) => ({
    ...{ id: String(row.id), name: String(row.name), zone: String(row.zone) },
    site: row.site === null ? null : String(row.site),
  }));

export interface MapQuery extends Part {
  /** "2026-11" */
  readonly month: string;
  readonly channel: string;
  readonly site?: string | undefined;
  readonly now: Millis;
  /** How long after its end a slot may take to arrive. */
  readonly grace: Millis;
}

/** Longer intervals than a quarter of an hour end less often, and their last one before the limit is not missing. */
const limitOf = (now: Millis, grace: Millis): Millis => Math.floor((now - grace) / 900_000) * 900_000;

export const completenessMap = async (run: Run, query: MapQuery): Promise<CompletenessMap["points"]> => {
  const { month, channel, now, grace } = query;
  const points = await listPoints(run, query);
  const ids = points.map(({ id }) => id);
  const bounds = new Map(points.map(({ zone }) => [zone, daysOfMonth(zone, month)]));
  const all = [...bounds.values()];
  if (ids.length === 0) return [];
  const [first, last] = [Math.min(...all.map(([from = 0]) => from)), Math.max(...all.map((each) => each.at(-1) ?? 0))];
  const [days, coverage] = await Promise.all([
    // A slot that begins late reaches two dates further.
    run(readDays, [ids, channel, isoDay(first - 2 * day), isoDay(last)]),
    coverageOf(run, ids),
  ]);
  const known = grouped(days.rows.map(knownIn), ({ point }) => point);
  const begins = new Map<string, Millis>();
  for (const { point, name, begin } of coverage)
    if (name === channel) begins.set(point, Math.min(begin, begins.get(point) ?? begin));
  return points.map(({ id, name, site, zone }) => ({
    ...{ point: id, name, site, zone },
    ...mapRow(known.get(id) ?? [], {
      bounds: bounds.get(zone) ?? [],
      ...{ begin: begins.get(id) ?? null, limit: limitOf(now, grace) },
    }),
  }));
};

const rowOf = (one: MonthCompleteness): CompletenessRow => ({
  ...{ site: one.site, point: one.point, channel: one.name, points: 1 },
  ...{ expected_s: one.expectedSeconds, present_s: one.seconds, gone_s: one.goneSeconds, percent: one.percent },
});

export interface ReportQuery {
  readonly month: string;
  readonly after: string;
  /** Points, or sites. */
  readonly limit: number;
  readonly now: Millis;
  readonly grace: Millis;
}

const completeness = (run: Run, points: readonly string[], { month, now, grace }: ReportQuery) => {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return points.length === 0 ? Promise.resolve([]) : completenessIn(run, { points, year, month: number, now, grace });
};

/** Rows of some points, and the last of these points; null if there is none behind it. */
export interface ReportPart {
  readonly rows: readonly CompletenessRow[];
  readonly last: string | null;
}

export const reportByPoint = async (run: Run, query: ReportQuery): Promise<ReportPart> => {
  const points = (await listPoints(run, query)).map(({ id }) => id);
  const rows = (await completeness(run, points, query)).map(rowOf);
  const byPoint = grouped(rows, ({ point }) => point ?? "");
  return {
    // In the order of the pages, not of the sites.
    rows: points.flatMap((point) => byPoint.get(point) ?? []),
    last: points.length < query.limit ? null : (points.at(-1) ?? null),
  };
};

const summed = (site: string, channel: string | null, rows: readonly MonthCompleteness[]): CompletenessRow => {
  const sum = (of: (row: MonthCompleteness) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const [expected, present] = [
    sum((row) => row.expectedSeconds),
    sum((row) => Math.min(row.seconds, row.expectedSeconds)),
  ];
  return {
    ...{ site, point: null, channel, points: rows.length, expected_s: expected, present_s: present },
    ...{ gone_s: sum((row) => row.goneSeconds), percent: percentOf(present, expected) },
  };
};

/** The same by site and channel. Points without a site are in none of its rows. */
export const reportBySite = async (run: Run, query: ReportQuery): Promise<ReportPart> => {
  const sites = (await run(readSiteIds, [query.after, query.limit])).rows.map(({ id }) => String(id));
  const points = (await run(readPointsOfSites, [sites])).rows.map(({ id }) => String(id));
  const rows = grouped(await completeness(run, points, query), ({ site, name }) => `${site}\n${name ?? ""}`);
  return {
    rows: [...rows.values()]
      .map((each) => summed(String(each[0]?.site), each[0]?.name ?? null, each))
      .sort((a, b) => ((a.site ?? "") < (b.site ?? "") ? -1 : a.site === b.site ? 0 : 1)),
    last: sites.length < query.limit ? null : (sites.at(-1) ?? null),
  };
};
