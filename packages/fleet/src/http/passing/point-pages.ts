/** `GET /api/v1/points` of a process that answers for a fleet: its points by pages, in the order of their ids. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { Points } from "@meterport/gateway/http/give";
import { type BodyOf, badRequest, give } from "@meterport/gateway/http/give";
import { linkStates } from "@meterport/gateway/http/points/link-states";
import { pointsRoute } from "@meterport/gateway/http/points/routes";
import { type pointSummary, pointsPage } from "@meterport/gateway/http/points/schemas";
import { wrongCursor } from "@meterport/gateway/http/query/cursor";
import type { Row, Run } from "../../books/database.ts";
import { heldShards } from "../../shards/sql/told.ts";
import type { FleetLinkState } from "../api.ts";
import { lately } from "../lately.ts";
import { statesOf } from "../lists/fleet-lists.ts";
import { afterOf, nextOf } from "../paging.ts";
import type { FleetWorld } from "../world.ts";

const usualPage = 100;
const countsValid = 10_000;

/** As the page knows states: a meter that nobody reads, or of which nobody has told, is on its way. */
const told = "CASE WHEN st.holder = held.holder THEN st.state ELSE 'connecting' END";

const from = `
  FROM metering_point p LEFT JOIN site s USING (site_id) LEFT JOIN ${heldShards} AS held ON held.shard = s.shard
    LEFT JOIN point_state st ON st.point_id = p.point_id
  WHERE ($2::text IS NULL OR position(lower($2) IN lower(p.id)) > 0 OR position(lower($2) IN lower(p.name)) > 0)
    AND ($3::text IS NULL OR coalesce(s.name, '') = $3) AND ($4::text[] IS NULL OR ${told} = ANY ($4))`;

const readPoints = `
  SELECT p.id, p.name, s.name AS site, coalesce(p.zone, s.zone, 'UTC') AS zone, ${told} AS state,
    CASE WHEN st.holder = held.holder THEN st.since END AS since, CASE WHEN st.holder = held.holder THEN st.cause END AS cause
  ${from} AND p.id > $1 ORDER BY p.id LIMIT $5`;

const countFound = `SELECT count(*)::int AS count ${from} AND $1::text IS NOT NULL`;

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
  const total = lately(clock, countsValid, () => countOf(run, "SELECT count(*)::int AS count FROM metering_point"));
  app.get("/api/v1/points", async (c, next) => {
    const asked = pointsRoute.request.query.safeParse(c.req.query());
    // The gateway's own route says what is wrong.
    if (!asked.success) return next();
    const { limit = usualPage, cursor, q, group, state } = asked.data;
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const filter = [q ?? null, group ?? null, state ?? null];
    const [{ rows }, all, by] = await Promise.all([
      run(readPoints, [after, ...filter, limit]),
      total.get(),
      states.get(),
    ]);
    const found = filter.every((part) => part === null) ? all : await countOf(run, countFound, ["", ...filter]);
    const now = new Date(clock.wall()).toISOString();
    return give(c, pointsPage, {
      points: rows.map((row) => summaryIn(row, points, now)),
      ...{ next: nextOf(rows, limit, ({ id }) => String(id)), total: all, found, states: countsIn(by) },
    });
  });
};
