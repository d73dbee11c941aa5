/** How the API describes recordings of a link. */
import { createRoute, z } from "@hono/zod-openapi";
import { recordingSeconds } from "../../captures/link-recorder.ts";
import { query } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, problem, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

const endings = ["stopped", "time", "full", "closed"] as const;

export const linkRecording = z
  .object({
    id: z.string(),
    running: z.boolean(),
    started: moment("When it began; null if there was none since the start").nullable(),
    until: moment("When it ends by itself, or ended").nullable(),
    bytes: z.number().openapi({ description: "Bytes that crossed the line so far, in both directions" }),
    entries: z.number().openapi({ description: "Pieces that they came in, and openings and closings of the link" }),
    ended: z.enum(endings).nullable().openapi({
      description:
        "`stopped` by somebody, its `time` was over, it was `full`, or `closed` with its meter, as by a change of its settings; null while it runs",
    }),
    capture: z.string().nullable().openapi({
      description:
        "Its name among the captures; null while it runs, and if nothing crossed the line or the file cannot be written",
    }),
  })
  .openapi("LinkRecording");

const running = {
  ...{ id: "home", running: true, started: "2026-01-01T12:00:00.000Z", until: "2026-01-01T12:05:00.000Z" },
  ...{ bytes: 4_120, entries: 61, ended: null, capture: null },
} as const;
const done = { ...running, running: false, ended: "time", capture: "home-20260101T120500Z-recorded.ndjson" } as const;

const path = "/api/v1/points/{id}/link/recording";
const tags = ["meter reads"];
const request = { params: pointParams, query: query({}) };
const notPossible = problem("The traffic of this link is not recorded; the message gives the reason", "not-possible");

export const recordingRoute = createRoute({
  ...{ method: "get", path, tags, request },
  summary: "The recording of a link's traffic that is running, or the last one since the start",
  responses: {
    200: answer(linkRecording, "The recording", running),
    ...{ 400: wrongParameter, 404: noSuchPoint, 409: notPossible },
  },
});

export const startRecordingRoute = createRoute({
  ...{ method: "post", path, tags },
  summary: "Records what crosses the link, for some minutes",
  description:
    "Reading goes on meanwhile, and the doctor's traffic is recorded too. At its end the file is among the captures of the point, with the state `recorded`. One at a time for each point, and eight in all; it ends early when it has 2 MB. It is in memory until then: a change of the point's settings ends it, and so does a restart, which keeps what there is if it has the time. No key is in it. Send the header `x-meterport: 1` if there is no body.",
  request: {
    ...request,
    body: {
      required: false,
      content: {
        "application/json": {
          schema: z.object({
            seconds: z
              .number()
              .int()
              .min(recordingSeconds.least)
              .max(recordingSeconds.most)
              .optional()
              .openapi({ description: `Default: ${recordingSeconds.usual}`, example: 300 }),
          }),
          example: { seconds: 300 },
        },
      },
    },
  },
  responses: {
    202: answer(linkRecording, "It has begun", { ...running, bytes: 0, entries: 0 }),
    ...{ 400: wrongParameter, 404: noSuchPoint },
    409: problem("One is running already, or the traffic of this link is not recorded", "busy"),
    503: problem("Too many other links are being recorded", "busy"),
  },
});

export const stopRecordingRoute = createRoute({
  ...{ method: "delete", path, tags, request },
  summary: "Ends the recording of a link's traffic, and keeps it among the captures",
  responses: {
    200: answer(linkRecording, "The recording", { ...done, ended: "stopped" }),
    400: wrongParameter,
    404: problem("No such point, or no recording is running", "no-such-recording"),
    409: notPossible,
  },
});
