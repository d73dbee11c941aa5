/** The API's routes, as its OpenAPI document describes them. */
import { createRoute, z } from "@hono/zod-openapi";
import * as schema from "./schemas.ts";

const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const problem = (description: string) => answer(schema.apiProblem, description);
const stream = { schema: z.string().openapi({ description: "Server-sent events `live`, `link` and `alive`" }) };

const params = z.object({ id: z.string().openapi({ description: "The meter's id", example: "home" }) });
const notFound = problem("No such meter");
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
  summary: "One meter with its identity",
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

const moment = { description: "ISO 8601 with a zone, or seconds since 1970", example: "2026-01-01T12:00:00Z" };

export const historyRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/history",
  summary: "Power and registers on a regular grid",
  request: {
    params,
    query: z.object({
      from: z
        .string()
        .optional()
        .openapi({ ...moment, description: `${moment.description}; an hour before \`to\`` }),
      to: z
        .string()
        .optional()
        .openapi({ ...moment, description: `${moment.description}; now` }),
      step: z
        .string()
        .optional()
        .openapi({ description: "Seconds, or a length of time; chosen to fit", example: "5m" }),
    }),
  },
  responses: {
    200: answer(schema.historyAnswer, "Points, oldest first"),
    400: problem("A parameter makes no sense"),
    404: notFound,
  },
});

export const capturesRoute = createRoute({
  method: "get",
  path: "/api/v1/meters/{id}/captures",
  summary: "What went over the link before it turned bad",
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
        description: "1: with pseudonyms for what identifies, sealed anew with a key that is no secret",
        example: "1",
      }),
    }),
  },
  responses: {
    200: {
      description: "One JSON document a line",
      content: { "text/plain": { schema: z.string() } },
    },
    400: problem("A parameter makes no sense"),
    404: problem("No such meter, or no such capture"),
    409: problem("It cannot be redacted, and why"),
    503: problem("Others are being redacted"),
  },
});

export const healthRoute = createRoute({
  method: "get",
  path: "/api/v1/health",
  summary: "Whether the gateway works",
  responses: { 200: answer(schema.healthAnswer, "It does") },
});
