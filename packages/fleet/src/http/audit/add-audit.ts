/** `/api/v1/fleet/audit`: what people did with a fleet. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { badRequest, give } from "@meterport/gateway/http/give";
import { cursorOf, wrongCursor } from "@meterport/gateway/http/query/cursor";
import { query } from "@meterport/gateway/http/query/params";
import { answer, wrongParameter } from "@meterport/gateway/http/route-parts";
import { moment } from "@meterport/gateway/http/schemas";
import { readAudit } from "../../audit/audit.ts";
import type { AuditPage } from "../api.ts";
import { databaseAway, tags } from "../lists/routes.ts";
import { next } from "../lists/schemas.ts";
import { numberAfter, pageQuery, usualRows } from "../paging.ts";
import type { FleetWorld } from "../world.ts";

const auditPage = z
  .object({
    entries: z.array(
      z.object({
        number: z.number().int().openapi({ description: "Counts from 1, without holes" }),
        at: moment("When, by the database's clock"),
        who: z.string(),
        what: z.string(),
        about: z.unknown().openapi({ description: "What it was about: any JSON" }),
      }),
    ),
    next,
  })
  .openapi("FleetAudit") satisfies z.ZodType<AuditPage>;

const auditRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/audit",
  summary: "What people did with the fleet, the newest first",
  description: "Needs the scope `operate`. `meterport fleet audit verify` checks that nobody changed it.",
  tags,
  request: { query: query(pageQuery) },
  responses: {
    200: answer(auditPage, "A page", {
      entries: [
        { number: 7, at: "2026-01-01T12:00:00.000Z", who: "anna", what: "pause", about: { site: "lindevej-12" } },
      ],
      next: null,
    }),
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

export const addAudit = (app: OpenAPIHono, { database }: FleetWorld): void => {
  app.openapi(auditRoute, async (c) => {
    const { limit = usualRows, cursor } = c.req.valid("query");
    const after = numberAfter(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const entries = await readAudit(database.run, limit, after.number);
    const last = entries.at(-1);
    return give(c, auditPage, {
      entries: entries.map(({ number, at, who, what, about }) => ({
        ...{ number, at: new Date(at).toISOString(), who, what, about },
      })),
      next: last === undefined || entries.length < limit ? null : cursorOf(last.number, ""),
    });
  });
};
