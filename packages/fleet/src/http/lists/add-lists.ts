/** `/api/v1/fleet`, its holders, sites and meters. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse } from "@meterport/gateway/http/answers";
import { badRequest, give } from "@meterport/gateway/http/give";
import { wrongCursor } from "@meterport/gateway/http/query/cursor";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { parseMeterLink } from "@meterport/transports/link-url";
import { audit } from "../../audit/audit.ts";
import { auditImport } from "../../shards/audit-import.ts";
import { importSites } from "../../shards/import-sites.ts";
import { lately } from "../lately.ts";
import { afterOf, nextOf, usualRows } from "../paging.ts";
import { type FleetWorld, noSite, whoAsks } from "../world.ts";
import {
  countsOf,
  holdersOf,
  listMeters,
  listSites,
  metersIn,
  pause,
  sitesIn,
  statesOf,
  yesterdayOf,
} from "./fleet-lists.ts";
import { fleetRoute, holdersRoute, importRoute, metersRoute, siteRoute, sitesRoute } from "./routes.ts";
import * as schema from "./schemas.ts";

/** Counting a million takes a second or two. */
const countsValid: Millis = 10_000;
/** Adding up a day of a million takes longer. */
const yesterdayValid: Millis = 300_000;
const longestPause: Millis = 366 * 86_400_000;
/** Of a file and its rows. */
const rowErrors: ReadonlySet<string> = new Set(["import", "config"]);

export const addLists = (app: OpenAPIHono, { database, fleet, clock }: FleetWorld): void => {
  const { run } = database;
  const counts = lately(clock, countsValid, () => countsOf(run, fleet.shards, clock.wall()));
  const states = lately(clock, countsValid, () => statesOf(run));
  const yesterday = lately(clock, yesterdayValid, () => yesterdayOf(run, clock.wall()));
  const meters = lately(clock, countsValid, () => metersIn(run));
  const sites = lately(clock, countsValid, () => sitesIn(run));

  app.openapi(fleetRoute, async (c) => {
    const [counted, by, day] = await Promise.all([counts.get(), states.get(), yesterday.get()]);
    const { id, name, shards } = fleet;
    return give(c, schema.fleetAnswer, { id, name, shards, ...counted, states: by, yesterday: day });
  });

  app.openapi(holdersRoute, async (c) => give(c, schema.holdersAnswer, await holdersOf(run, fleet.shards)));

  app.openapi(sitesRoute, async (c) => {
    const { limit = usualRows, cursor, q, paused } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const isPaused = paused === undefined ? undefined : paused === "true";
    const rows = await listSites(run, { after, limit, q, paused: isPaused, now: clock.wall() });
    return give(c, schema.sitesPage, {
      sites: rows,
      next: nextOf(rows, limit, ({ id }) => id),
      total: await sites.get(),
    });
  });

  app.openapi(siteRoute, async (c) => {
    const { site } = c.req.valid("param");
    const { paused_until } = c.req.valid("json");
    const until = paused_until === null ? null : Date.parse(paused_until);
    const now = clock.wall();
    if (until !== null && !(until > now && until <= now + longestPause))
      return badRequest(c, "paused_until must be a time to come, a year ahead at most; null ends the pause");
    const isThere = await database.transaction(async (own) => {
      if (!(await pause(own, site, until))) return false;
      const about = until === null ? { site } : { site, until: new Date(until).toISOString() };
      await audit(own, { who: whoAsks(c), what: until === null ? "resume" : "pause", about });
      return true;
    });
    const [row] = isThere ? await listSites(run, { after: "", limit: 1, only: site, now }) : [];
    return row === undefined ? noSite(c, site) : give(c, schema.site, row);
  });

  app.openapi(importRoute, async (c) => {
    const { csv, move = false, dry_run: dryRun = false } = c.req.valid("json");
    const file = { name: "csv", text: csv };
    try {
      const afterwards = auditImport(whoAsks(c), file.name);
      const report = await importSites(database, file, { checkLink: parseMeterLink, move, dryRun, afterwards });
      const { sitesAdded, added, changed, moved, unchanged } = report;
      const serials = { added: [...added], changed: [...changed], moved: [...moved] };
      return give(c, schema.importedSites, { sites_added: sitesAdded, ...serials, unchanged, written: !dryRun });
    } catch (error) {
      // Of the file alone: what the database says is not about its rows.
      if (error instanceof UsageError && rowErrors.has(error.code)) return refuse(c, 400, "wrong-rows", error.message);
      throw error;
    }
  });

  app.openapi(metersRoute, async (c) => {
    const { limit = usualRows, cursor, q, site, state } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const rows = await listMeters(run, { after, limit, q, site, states: state });
    const next = nextOf(rows, limit, ({ serial }) => serial);
    return give(c, schema.metersPage, { meters: rows, next, total: await meters.get() });
  });
};
