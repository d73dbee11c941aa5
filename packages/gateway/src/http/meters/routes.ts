/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import { answer, notFound, params, problem } from "../route-parts.ts";
import * as schema from "../schemas.ts";

const stream = { schema: z.string().openapi({ description: "Server-sent events `live`, `link` and `alive`" }) };
const tooMany = problem("Too many listeners");

export const metersRoute = createRoute({
  method: "get",
  path: "/api/v1/meters",
  summary: "All meters",
  responses: { 200: answer(z.array(schema.meterSummary), "All meters, in the order of the configuration") },
});

export const meterRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}",
  summary: "One meter and its identity",
  request: { params },
  responses: { 200: answer(schema.meterDetail, "The meter"), 404: notFound },
});

export const liveRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/live",
  summary: "Live values; a stream of them for `Accept: text/event-stream`",
  request: { params },
  responses: {
    200: {
      description: "Fresh values, or nulls and quality `stale`",
      content: { "application/json": { schema: schema.liveAnswer }, "text/event-stream": stream },
    },
    404: notFound,
    503: tooMany,
  },
});

export const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/events",
  summary: "Live values and link health as server-sent events",
  request: { params },
  responses: {
    200: { description: "The stream", content: { "text/event-stream": stream } },
    404: notFound,
    503: tooMany,
  },
});
