/** How the API describes events and outages. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { pointEvent } from "../points/schemas.ts";
import { countParam, cursorParam, momentParam, query, wordsParam } from "../query/params.ts";
import { answer, pointParams, pointProblems } from "../route-parts.ts";
import { moment } from "../schemas.ts";

const next = z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" });

export const eventsAnswer = z.object({ id: z.string(), events: z.array(pointEvent), next }).openapi("Events");

export const outagesAnswer = z
  .object({
    id: z.string(),
    outages: z.array(
      z.object({
        time: moment("When it began"),
        until: moment("When it ended; null while it lasts").nullable(),
        seconds: z.number().nullable().openapi({ description: "Its length; null while it lasts" }),
        origin: pointEvent.shape.origin,
        detail: z.unknown(),
      }),
    ),
    next,
  })
  .openapi("Outages");

const range = {
  from: momentParam("from", "Only what happened at this time or later"),
  to: momentParam("to", "Only what happened before this time"),
  limit: countParam("limit", { least: 1, most: 1_000, description: "Entries of a page; default: 100", example: "100" }),
  cursor: cursorParam(),
};

export const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/events",
  summary: "Stored events: the meter's log, outages, alarms, and findings of the gateway",
  description: "The stream of live values has another address: `/api/v1/stream`, or `/api/v1/meters/{id}/events`.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      ...range,
      kind: wordsParam("kind", {
        description: "Only these kinds, separated by commas",
        example: "outage,meter-exchange",
      }),
    }),
  },
  responses: {
    200: answer(eventsAnswer, "Events, newest first", { id: "home", events: [examples.event], next: null }),
    ...pointProblems,
  },
});

export const outagesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/outages",
  summary: "Power outages",
  tags: ["history"],
  request: { params: pointParams, query: query(range) },
  responses: {
    200: answer(outagesAnswer, "Outages, newest first", {
      id: "home",
      outages: [
        {
          time: examples.event.time,
          until: examples.event.until,
          seconds: 250,
          origin: "outage",
          detail: examples.event.detail,
        },
      ],
      next: null,
    }),
    ...pointProblems,
  },
});
