/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { answer, notFound, params, problem, storeFails } from "../route-parts.ts";
import * as schema from "../schemas.ts";

const moment = { description: "ISO 8601 with a zone, or seconds since 1970", example: "2026-01-01T12:00:00Z" };

export const historyRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/history",
  summary: "Power and registers on a regular grid",
  tags: ["meters"],
  request: {
    params,
    query: z.object({
      from: z
        .string()
        .optional()
        .openapi({ ...moment, description: `${moment.description}; default: an hour before \`to\`` }),
      to: z
        .string()
        .optional()
        .openapi({ ...moment, description: `${moment.description}; default: now` }),
      step: z
        .string()
        .optional()
        .openapi({ description: "Seconds, or a length of time; default: chosen to fit", example: "5m" }),
    }),
  },
  responses: {
    200: answer(schema.historyAnswer, "Points, oldest first", {
      ...{ id: "home", from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:05:00.000Z", step: 300 },
      points: [examples.historyPoint],
    }),
    400: problem("A parameter is not valid"),
    404: notFound,
    503: storeFails,
  },
});
