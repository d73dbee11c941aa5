/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { answer, type OfWhich, ofMeter, ofPoint, problem } from "../route-parts.ts";
import * as schema from "../schemas.ts";

const captures = (path: string, { tag, params, missing, query }: OfWhich) =>
  createRoute({
    method: "get",
    path,
    summary: "Captures of the traffic before the link failed",
    tags: [tag],
    request: { params, query: query({}) },
    responses: {
      200: answer(z.array(schema.apiCapture), "Captures, newest first", [examples.capture]),
      400: problem("A parameter is unknown"),
      404: missing,
    },
  });

const capture = (path: string, { tag, params, query }: OfWhich) =>
  createRoute({
    method: "get",
    path,
    summary: "One capture, as a file for `meterport explain`, `redact` and `replay`",
    tags: [tag],
    request: {
      params: params.extend({
        name: z.string().openapi({ description: "The capture's name", example: examples.capture.name }),
      }),
      query: query({
        redacted: z.string().optional().openapi({
          description: "1: with pseudonyms for identifying values, re-sealed with a key that is not secret",
          example: "1",
        }),
      }),
    },
    responses: {
      200: {
        description: "One JSON document per line",
        content: { "text/plain": { schema: z.string(), example: "{}\n" } },
      },
      400: problem("A parameter is not valid"),
      404: problem("No such meter, or no such capture", "no-such-capture"),
      409: problem("It cannot be redacted; the message gives the reason", "cannot-redact"),
      503: problem("Too many captures are being redacted", "busy"),
    },
  });

export const capturesRoute = captures("/api/v1/meters/{id}/captures", ofMeter);
export const captureRoute = capture("/api/v1/meters/{id}/captures/{name}", ofMeter);
export const pointCapturesRoute = captures("/api/v1/points/{id}/captures", ofPoint("points"));
export const pointCaptureRoute = capture("/api/v1/points/{id}/captures/{name}", ofPoint("points"));
