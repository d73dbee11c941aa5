/** How the API describes the stream of all points. */
import { createRoute, z } from "@hono/zod-openapi";
import { choicesParam, countParam, durationParam, query, wordsParam } from "../query/params.ts";
import { noSuchPoint, problem, wrongParameter } from "../route-parts.ts";
import { streamKinds } from "./point-stream.ts";

export const streamRoute = createRoute({
  method: "get",
  path: "/api/v1/stream",
  summary: "All points as one stream of server-sent events",
  description:
    "`event: live` with the live values of a point, as soon as they are new, about once per `every` at most for each; `event: link` with the health of a link when its state " +
    "or cause changes; `event: change` with an entry of the journal, whose number is the event's `id`; `event: passed` if changes that the client lacks are " +
    "already deleted, with the number to continue from as its `id`; `event: alive` every 2 s. A client that reconnects with `Last-Event-ID`, as browsers do, gets the changes that it missed.",
  tags: ["changes"],
  request: {
    query: query({
      point: wordsParam("point", {
        description: "Only these points, separated by commas; default: all",
        example: "home",
      }),
      events: choicesParam("events", streamKinds, {
        description: "Only these events; default: all",
        example: "live,link",
      }),
      every: durationParam("every", {
        description: "Shortest time between two values of a point, 200ms to 10m; default: 1s",
        example: "5s",
      }),
      after: countParam("after", {
        least: 0,
        most: Number.MAX_SAFE_INTEGER,
        description: "As `Last-Event-ID`, for a first request",
        example: "0",
      }),
    }),
    headers: z.object({
      "last-event-id": z
        .string()
        .optional()
        .openapi({ description: "Number of the last change that the client has", example: "4711" }),
    }),
  },
  responses: {
    200: {
      description: "The stream",
      content: {
        "text/event-stream": {
          schema: z.string(),
          example:
            'event: live\ndata: {"id":"home","time":"2026-01-01T12:00:00.000Z","power_w":1240,"quality":"good"}\n\n',
        },
      },
    },
    400: wrongParameter,
    404: noSuchPoint,
    503: problem("Too many listeners, or the store does not answer", "too-many-listeners"),
  },
});
