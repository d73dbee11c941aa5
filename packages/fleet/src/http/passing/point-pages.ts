/** `GET /api/v1/points` of a process that answers for a fleet: its points by pages, in the order of their ids. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type LinkState, linkStates } from "@meterport/client/supervision/link-status";
import type { Points } from "@meterport/gateway/http/give";
import { type BodyOf, badRequest, give } from "@meterport/gateway/http/give";
import { type PointSort, worstFirst } from "@meterport/gateway/http/points/point-orders";
import { pointsRoute } from "@meterport/gateway/http/points/routes";
import { type pointSummary, pointsPage } from "@meterport/gateway/http/points/schemas";
import { cursorOf, parseCursor, wrongCursor } from "@meterport/gateway/http/query/cursor";
import type { Row, Run } from "../../books/database.ts";
import { isChild } from "../../books/sql/child-points.ts";
import { heardGateways, heldShards, teller } from "../../shards/sql/told.ts";
import type { FleetLinkState } from "../api.ts";
import { lately } from "../lately.ts";
import { statesOf } from "../lists/fleet-lists.ts";
import type { FleetWorld } from "../world.ts";

const usualPage = 100;
const countsValid = 10_000;

/** As the page knows states: a meter that nobody reads, or of which nobody has told, is on its way. */
const told = `CASE WHEN st.holder = ${teller} THEN st.state ELSE 'connecting' END`;

const from = `
  FROM metering_point p LEFT JOIN site s USING (site_id) LEFT JOIN ${heldShards} AS held ON held.shard = s.shard
    LEFT JOIN point_state st ON st.point_id = p.point_id ${heardGateways}
  WHERE NOT ${isChild("p")} AND ($2::text IS NULL OR position(lower($2) IN lower(p.id)) > 0 OR position(lower($2) IN lower(p.name)) > 0)
    AND ($3::text IS NULL OR coalesce(s.name, '') = $3) AND ($4::text[] IS NULL OR ${told} = ANY ($4))`;

/** "Flat 10" comes after "Flat 9": numbers have twelve digits. */
const natural = (name: string): string =>
  `regexp_replace(regexp_replace(lower(${name}), '\\d+', '00000000000\\&', 'g'), '\\d*(\\d{12})(?!\\d)', '\\1', 'g')`;

/** What points are ordered by, before their ids; as the gateway orders its own. Power is on the stream only. */
const keys: Readonly<Record<Exclude<PointSort, "power">, string>> = {
  configured: "''",
  name: `${natural("p.name")} COLLATE "C"`,
  group: `(coalesce('0' || ${natural("s.name")}, '1') || chr(10) || ${natural("p.name")}) COLLATE "C"`,
  state: `array_position('{${worstFirst.join(",")}}'::text[], ${told})::text COLLATE "C"`,
};
type FleetSort = keyof typeof keys;

/** An index gives the order of ids, and no other. */
const behind = (sort: FleetSort): string =>
  sort === "configured"
    ? "p.id > $1 AND $6::text IS NOT NULL ORDER BY p.id"
    : `($1 = '' OR (${keys[sort]}, p.id) > ($6::text COLLATE "C", $1)) ORDER BY key, p.id`;

/** A page behind the point $1, whose key is $6. */
const readPoints = (sort: FleetSort): string => `
  SELECT p.id, p.name, s.name AS site, coalesce(p.zone, s.zone, 'UTC') AS zone, ${told} AS state, ${keys[sort]} AS key,
    CASE WHEN st.holder = ${teller} THEN st.since END AS since, CASE WHEN st.holder = ${teller} THEN st.cause END AS cause
  ${from} AND ${behind(sort)} LIMIT $5`;

/** What a point's name or site is now. */
const readKey = (sort: FleetSort): string => `
  SELECT ${keys[sort]} AS key FROM metering_point p LEFT JOIN site s USING (site_id) WHERE p.id = $1`;

/** Where a page begins: behind a point. A state changes, so the cursor keeps that of its point. */
const placeOf = async (
  run: Run,
  sort: FleetSort,
  { number, name }: { readonly number: number; readonly name: string },
): Promise<readonly [id: string, key: string] | undefined> => {
  if (name === "" || sort === "configured") return [name, ""];
  if (sort === "state") return [name, String(number)];
  const [row] = (await run(readKey(sort), [name])).rows;
  return row === undefined ? undefined : [name, String(row.key)];
};

const countFound = `SELECT count(*)::int AS count ${from} AND $1::text IS NOT NULL`;

const countAll = `SELECT count(*)::int AS count FROM metering_point p WHERE NOT ${isChild("p")}`;

const isLinkState = (text: string): text is LinkState => (linkStates as readonly string[]).includes(text);

type Summary = BodyOf<typeof pointSummary>;

/** Values are on the stream: here only those of points that this process reads itself. */
const summaryIn = (row: Row, { meters, pointInfo }: Points, now: string): Summary => {
  const id = String(row.id);
  const [view, state] = [meters.get(id), String(row.state)];
  const base = {
    id,
    name: String(row.name),
    group: row.site === null ? null : String(row.site),
    zone: String(row.zone),
  };
  if (view !== undefined) {
    const { link, simulated } = view.summary();
    const { power_w, quality } = view.live();
    const { state: is, since, cause, last_reading } = link;
    return {
      ...{ ...base, simulated, fuse_a: pointInfo(id)?.fuseAmps ?? null, power_w, quality },
      link: { state: is, since, cause, last_reading },
    };
  }
  const since = row.since instanceof Date ? row.since.toISOString() : now;
  return {
    ...{ ...base, simulated: false, fuse_a: null, power_w: null, quality: "stale" },
    link: {
      ...{ state: isLinkState(state) ? state : "connecting", since, last_reading: null },
      cause: row.cause === null ? null : String(row.cause),
    },
  };
};

const countsIn = (states: Readonly<Record<FleetLinkState, number>>): Readonly<Record<LinkState, number>> => {
  const { free, unknown, ...others } = states;
  return { ...others, connecting: others.connecting + free + unknown };
};

const countOf = async (run: Run, text: string, values: readonly unknown[] = []): Promise<number> =>
  Number((await run(text, values)).rows[0]?.count);

export const addPointPages = (app: OpenAPIHono, { database, clock }: FleetWorld, points: Points): void => {
  const { run } = database;
  const states = lately(clock, countsValid, () => statesOf(run));
  const total = lately(clock, countsValid, () => countOf(run, countAll));
  app.get("/api/v1/points", async (c, next) => {
    const asked = pointsRoute.request.query.safeParse(c.req.query());
    // The gateway's own route says what is wrong.
    if (!asked.success) return next();
    const { limit = usualPage, cursor, q, group, state, sort = "configured" } = asked.data;
    if (sort === "power")
      return badRequest(c, "the points of a fleet have no order by power: sort by name, group or state");
    const given = cursor === undefined ? { number: 0, name: "" } : parseCursor(cursor);
    const place = given === undefined ? undefined : await placeOf(run, sort, given);
    if (place === undefined) return badRequest(c, wrongCursor);
    const [after, key] = place;
    const filter = [q ?? null, group ?? null, state ?? null];
    const [{ rows }, all, by] = await Promise.all([
      run(readPoints(sort), [after, ...filter, limit, key]),
      total.get(),
      states.get(),
    ]);
    const found = filter.every((part) => part === null) ? all : await countOf(run, countFound, ["", ...filter]);
    const now = new Date(clock.wall()).toISOString();
    const last = rows.length < limit ? undefined : rows.at(-1);
    const nextPage = last === undefined ? null : cursorOf(sort === "state" ? Number(last.key) : 0, String(last.id));
    return give(c, pointsPage, {
      points: rows.map((row) => summaryIn(row, points, now)),
      ...{ next: nextPage, total: all, found, states: countsIn(by) },
    });
  });
};
