/** `/api/v1/fleet/campaigns…`, and a read of one point on request. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { type BodyOf, badRequest, give, iso, noPoint } from "@meterport/gateway/http/give";
import { cursorOf, wrongCursor } from "@meterport/gateway/http/query/cursor";
import type { Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import { audit } from "../../audit/audit.ts";
import type { ReadWindow } from "../../campaigns/windows.ts";
import type { CampaignReport, CampaignSummary, NewCampaign, Scope } from "../../jobs/desk.ts";
import type { NewCampaign as AskedCampaign, FleetCampaign } from "../api.ts";
import { afterOf, numberAfter, usualRows } from "../paging.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import * as route from "./routes.ts";
import * as schema from "./schemas.ts";

const usualPriority = 5;
/** For a read on request. */
const highest = 9;
const readWithin: Millis = 900_000;

const clockOf = (minutes: number): string => new Date(60_000 * minutes).toISOString().slice(11, 16);
const minutesOf = (text: string): number => 60 * Number(text.slice(0, 2)) + Number(text.slice(3, 5));

/** @example windowIn("00:30-05:30") // { from: 30, to: 330 } */
const windowIn = (text: string): ReadWindow => ({ from: minutesOf(text), to: minutesOf(text.slice(6)) });

const headOf = (campaign: CampaignSummary): FleetCampaign => {
  const { id, name, reads, opens, closes, windows, priority, by, state } = campaign;
  return {
    ...{ id, name, reads, opens: iso(opens), closes: iso(closes), priority, by, state },
    windows: windows.map(({ from, to }) => `${clockOf(from)}-${clockOf(to)}`),
  };
};

const reportOf = (campaign: CampaignReport): BodyOf<typeof schema.campaignReport> => ({
  ...headOf(campaign),
  targets: campaign.counts,
  reasons: campaign.reasons,
});

const noCampaign = (c: Context, id: number) =>
  refuse(c, 404, "no-such-campaign", `unknown campaign ${shown(String(id))}: GET /api/v1/fleet/campaigns lists all`);

const metered =
  "SELECT EXISTS (SELECT FROM meter m WHERE m.point_id = p.point_id) AS metered FROM metering_point p WHERE id = $1";

/** A campaign for nothing would end without a word. */
const noMeter = (c: Context, point: string) =>
  refuse(
    c,
    409,
    "campaign",
    `no meter is known at ${shown(point)}: import it, or wait until the gateway that brings the point has told which one hangs there`,
  );

const scopeOf = ({ sites, points }: AskedCampaign): Scope =>
  points !== undefined ? { points } : sites !== undefined ? { sites } : { all: true };

const campaignIn = (body: BodyOf<typeof schema.newCampaign>, now: Millis): NewCampaign => ({
  ...{ name: body.name, reads: body.reads, scope: scopeOf(body), priority: body.priority ?? usualPriority },
  ...{ opens: body.opens === undefined ? now : Date.parse(body.opens), closes: Date.parse(body.closes) },
  ...{ windows: (body.windows ?? []).map(windowIn), spread: 1000 * (body.spread_s ?? 0) },
});

export const addCampaigns = (app: OpenAPIHono, { database, clock, desk }: FleetWorld): void => {
  const { run } = database;

  app.openapi(route.campaignsRoute, async (c) => {
    const { limit = usualRows, cursor } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const campaigns = await desk.listCampaigns(run, { limit, ...(after === "" ? {} : { after }) });
    const last = campaigns.at(-1);
    const next = last === undefined || campaigns.length < limit ? null : cursorOf(0, String(last.id));
    return give(c, schema.campaignsPage, { campaigns: campaigns.map(headOf), next });
  });

  app.openapi(route.newCampaignRoute, async (c) => {
    const body = c.req.valid("json");
    if (body.sites !== undefined && body.points !== undefined)
      return badRequest(c, "name sites or points, not both: a campaign is for the meters of one of them");
    const [now, by] = [clock.wall(), whoAsks(c)];
    const id = await database.transaction(async (own) => {
      const made = await desk.makeCampaign(own, campaignIn(body, now), by, now);
      const { sites, points, ...rest } = body;
      const about = { campaign: made, ...rest, sites: sites?.length ?? null, points: points?.length ?? null };
      await audit(own, { who: by, what: "campaign", about });
      return made;
    });
    const report = await desk.campaignReport(run, id);
    return report === undefined ? (noCampaign(c, id) as never) : (c.json(reportOf(report), 201) as never);
  });

  app.openapi(route.campaignRoute, async (c) => {
    const id = Number(c.req.valid("param").campaign);
    const report = await desk.campaignReport(run, id);
    return report === undefined ? noCampaign(c, id) : give(c, schema.campaignReport, reportOf(report));
  });

  app.openapi(route.targetsRoute, async (c) => {
    const id = Number(c.req.valid("param").campaign);
    const { limit = usualRows, cursor, state } = c.req.valid("query");
    const after = numberAfter(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    if ((await desk.campaignReport(run, id)) === undefined) return noCampaign(c, id);
    const targets = await desk.campaignTargets(run, id, { state, afterMeter: after.number, limit });
    const last = targets.at(-1);
    return give(c, schema.targetsPage, {
      targets: targets.map(({ serial, point, site, state: is, attempts, nextAt, reason }) => ({
        ...{ serial, point, site, state: is, attempts, reason },
        next_attempt: is === "waiting" || is === "failed" ? iso(nextAt) : null,
      })),
      next: last === undefined || targets.length < limit ? null : cursorOf(last.meter, ""),
    });
  });

  /** Does something with a campaign, and notes who did it. */
  const change = (c: Context, what: string, id: number, work: typeof desk.cancelCampaign) =>
    database.transaction(async (own) => {
      const targets = await work(own, id);
      await audit(own, { who: whoAsks(c), what, about: { campaign: id, targets } });
      return targets;
    });

  app.openapi(route.cancelRoute, async (c) => {
    const id = Number(c.req.valid("param").campaign);
    return give(c, schema.changed, { targets: await change(c, "campaign-cancel", id, desk.cancelCampaign) });
  });

  app.openapi(route.againRoute, async (c) => {
    const id = Number(c.req.valid("param").campaign);
    const closes = Date.parse(c.req.valid("json").closes);
    const again = (own: typeof run) => desk.againCampaign(own, id, closes, clock.wall());
    return give(c, schema.changed, { targets: await change(c, "campaign-again", id, again) });
  });

  app.openapi(route.readRoute, async (c) => {
    const { point } = c.req.valid("param");
    const { reads } = c.req.valid("json");
    const [now, by] = [clock.wall(), whoAsks(c)];
    const { rows } = await run(metered, [point]);
    if (rows[0] === undefined) return noPoint(c, point) as never;
    if (rows[0].metered !== true) return noMeter(c, point) as never;
    const campaign = await database.transaction(async (own) => {
      const wanted = { name: `Read of ${point}`, reads, scope: { points: [point] }, windows: [], spread: 0 };
      const id = await desk.makeCampaign(
        own,
        { ...wanted, opens: now, closes: now + readWithin, priority: highest },
        by,
        now,
      );
      await audit(own, { who: by, what: "read", about: { point, reads, campaign: id } });
      return id;
    });
    return c.json({ campaign }, 202) as never;
  });
};
