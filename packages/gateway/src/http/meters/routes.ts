/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { listQuery } from "../points/routes.ts";
import { answer, notFound, params, problem, wrongParameter } from "../route-parts.ts";
import * as schema from "../schemas.ts";

const stream = {
  schema: z.string().openapi({ description: "Server-sent events `live`, `link` and `alive`" }),
  example: "event: alive\ndata: {}\n\n",
};
const tooMany = problem("Too many listeners", "too-many-listeners");

export const metersRoute = createRoute({
  method: "get",
  path: "/api/v1/meters",
  summary: "All meters",
  description:
    "Without parameters all meters, up to 1,000. If there are more, the header `Link` has the address of the next page. `GET /api/v1/points` also counts them.",
  tags: ["meters"],
  request: { query: z.object(listQuery) },
  responses: {
    200: {
      ...answer(z.array(schema.meterSummary), "Meters in the order of the configuration, at most 1,000 at a time", [
        examples.meterSummary,
      ]),
      headers: z.object({
        link: z.string().optional().openapi({
          description: 'Address of the next page, as `rel="next"`, if there is one',
          example: '</api/v1/meters?limit=100&cursor=OTk6aG9tZQ>; rel="next"',
        }),
      }),
    },
    400: wrongParameter,
  },
});

export const meterRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}",
  summary: "One meter and its identity",
  tags: ["meters"],
  request: { params },
  responses: {
    200: answer(schema.meterDetail, "The meter", {
      ...examples.meterSummary,
      identity: examples.identity,
      zone: examples.pointHead.zone,
    }),
    404: notFound,
  },
});

export const liveRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/live",
  summary: "Live values; a stream of them for `Accept: text/event-stream`",
  tags: ["meters"],
  request: { params },
  responses: {
    200: {
      description: "Fresh values, or nulls and quality `stale`",
      content: {
        "application/json": { schema: schema.liveAnswer, example: examples.live },
        "text/event-stream": stream,
      },
    },
    404: notFound,
    503: tooMany,
  },
});

export const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/events",
  summary: "Live values and link health as server-sent events",
  tags: ["meters"],
  request: { params },
  responses: {
    200: { description: "The stream", content: { "text/event-stream": stream } },
    404: notFound,
    503: tooMany,
  },
});
