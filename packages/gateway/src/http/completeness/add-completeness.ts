/** `/api/v1/points/{id}/completeness`. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { badRequest, give, noPoint, pointOf } from "../give.ts";
import { periodsOf } from "../values/range.ts";
import { mostPeriods } from "../values/routes.ts";
import { sumsOf, type ValuesOptions } from "../values/values.ts";
import { completenessOfSum } from "./completeness.ts";
import { completenessAnswer, completenessRoute } from "./routes.ts";

export const addCompleteness = (app: OpenAPIHono, options: ValuesOptions): void => {
  const { store, wall } = options;
  app.openapi(completenessRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { channel = "energy_import_wh", resolution = "month", zone = point.zone, ...range } = c.req.valid("query");
    const now = wall();
    const bounds = periodsOf(range, resolution, zone, { now, most: mostPeriods });
    if (typeof bounds === "string") return badRequest(c, bounds);
    const sums = await sumsOf(store, id, channel, bounds);
    const periods = sums.map((sum) => completenessOfSum(sum, now));
    return give(c, completenessAnswer, { id, channel, zone, resolution, periods });
  });
};
