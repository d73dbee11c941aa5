/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { answer, type OfWhich, ofMeter, ofPoint, problem } from "../route-parts.ts";
import * as schema from "../schemas.ts";

const log = (path: string, { tag, params, missing, query }: OfWhich) =>
  createRoute({
    method: "get",
    path,
    summary: "The newest entries of the meter's own event log",
    tags: [tag],
    request: {
      params,
      query: query({
        limit: z
          .string()
          .optional()
          .openapi({ description: "Number of entries, 1 to 100; default: 25", example: "25" }),
      }),
    },
    responses: {
      200: answer(schema.logAnswer, "Entries, newest first, read from the meter at most a minute ago", {
        id: "home",
        time_read: "2026-01-01T12:00:00.000Z",
        entries: [examples.logEntry],
      }),
      400: problem("A parameter is not valid"),
      404: missing,
      502: problem("The meter's log cannot be read"),
      503: problem("The meter does not answer"),
    },
  });

export const logRoute = log("/api/v1/meters/{id}/log", ofMeter);
export const pointLogRoute = log("/api/v1/points/{id}/log", ofPoint("meter reads"));
