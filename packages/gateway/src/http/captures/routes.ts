/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import { answer, notFound, params, problem } from "../route-parts.ts";
import * as schema from "../schemas.ts";

export const capturesRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/captures",
  summary: "Captures of the traffic before the link failed",
  request: { params },
  responses: { 200: answer(z.array(schema.apiCapture), "Captures, newest first"), 404: notFound },
});

export const captureRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/captures/{name}",
  summary: "One capture, as a file for `meterport explain`, `redact` and `replay`",
  request: {
    params: params.extend({ name: z.string().openapi({ description: "The capture's name" }) }),
    query: z.object({
      redacted: z.string().optional().openapi({
        description: "1: with pseudonyms for identifying values, re-sealed with a key that is not secret",
        example: "1",
      }),
    }),
  },
  responses: {
    200: {
      description: "One JSON document per line",
      content: { "text/plain": { schema: z.string() } },
    },
    400: problem("A parameter is not valid"),
    404: problem("No such meter, or no such capture"),
    409: problem("It cannot be redacted; the message gives the reason"),
    503: problem("Too many captures are being redacted"),
  },
});
