/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import { answer, notFound, params, problem } from "../route-parts.ts";
import * as schema from "../schemas.ts";

export const logRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/log",
  summary: "The newest entries of the meter's own event log",
  request: {
    params,
    query: z.object({
      limit: z.string().optional().openapi({ description: "Number of entries, 1 to 100; default: 25", example: "25" }),
    }),
  },
  responses: {
    200: answer(schema.logAnswer, "Entries, newest first, read from the meter at most a minute ago"),
    400: problem("A parameter is not valid"),
    404: notFound,
    502: problem("The meter's log cannot be read"),
    503: problem("The meter does not answer"),
  },
});
