/** `/api/v1/points/{id}/completeness`, and `/api/v1/completeness` of all points. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { completenessOf } from "@meterport/engine/intervals/completeness";
import { badRequest, give, noPoint, pointOf } from "../give.ts";
import { wrongCursor } from "../query/cursor.ts";
import { periodsOf } from "../values/range.ts";
import { mostPeriods } from "../values/routes.ts";
import { type CompletenessOptions, completenessOut } from "./completeness.ts";
import { Overviews } from "./overviews.ts";
import { periodOf } from "./period.ts";
import { completenessAnswer, completenessRoute, overviewPage, overviewRoute } from "./routes.ts";

/** Gaps that are listed of one period, and of one point among many. */
const listedGaps = 20;
const fewGaps = 5;
const usualPage = 100;

export const addCompleteness = (app: OpenAPIHono, options: CompletenessOptions): void => {
  const { store, clock } = options;
  app.openapi(completenessRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { channel = "energy_import_wh", resolution = "month", zone = point.zone, ...range } = c.req.valid("query");
    const now = clock.wall();
    const bounds = periodsOf(range, resolution, zone, { now, most: mostPeriods });
    if (typeof bounds === "string") return badRequest(c, bounds);
    const reports = await completenessOf(store, id, bounds, {
      ...{ now, grace: point.grace, channels: [channel], gapLimit: listedGaps },
    });
    const periods = reports.map(completenessOut);
    return give(c, completenessAnswer, { id, channel, zone, resolution, periods });
  });

  const overviews = new Overviews(options);
  app.openapi(overviewRoute, async (c) => {
    const {
      channel = "energy_import_wh",
      limit = usualPage,
      sort = "worst",
      cursor,
      below,
      point: points,
      ...query
    } = c.req.valid("query");
    const period = periodOf(query, clock.wall());
    if (typeof period === "string") return badRequest(c, period);
    const unknown = points?.find((id) => pointOf(options, id) === undefined);
    if (unknown !== undefined) return noPoint(c, unknown);
    const page = await overviews.page({
      channel,
      period,
      points: points && [...new Set(points)],
      limit,
      sort,
      cursor,
      below,
      gapLimit: fewGaps,
    });
    return page === undefined ? badRequest(c, wrongCursor) : give(c, overviewPage, { channel, sort, ...page });
  });
};
