/** How the API describes a point as a device of the grid. */
import { createRoute, z } from "@hono/zod-openapi";
import type { BodyOf } from "../give.ts";
import { countParam, cursorParam, query } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, problem, wrongParameter } from "../route-parts.ts";
import * as schema from "./schemas.ts";

const problems = { 400: wrongParameter, 404: noSuchPoint, 409: problem("It only reads there", "no-device") };

const source = {
  ...{ name: "water", quantity: "volume", unit: "m³", topic: null, max_age_s: 7_200 },
  ...{ value: 123.456, telegram: null, alarms: null, time: "2026-01-01T11:59:00.000Z", age_s: 60, fresh: true },
};

const status: BodyOf<typeof schema.deviceStatus> = {
  ...{ id: "home", rights: ["register", "answer"], phase: "registered", handle: 1_000 },
  identification: "8102030504010000010401020304000000000000000000000000000000ff",
  sources: [source],
  display: [{ place: 0, key: "power_w", icons: ["kW"], value: 412 }],
  lines: [{ number: 1, time: "2026-01-01T11:59:00.000Z", type: "registered", text: "registered with handle 1000" }],
};

export const devicePointsRoute = createRoute({
  method: "get",
  path: "/api/v1/device-points",
  summary: "Points that are devices of the grid",
  tags: ["device"],
  request: {
    query: query({
      limit: countParam("limit", {
        least: 1,
        most: 1_000,
        description: "Points of a page; default: 100",
        example: "100",
      }),
      cursor: cursorParam(),
    }),
  },
  responses: {
    200: answer(schema.devicePoints, "In the order of the configuration", {
      points: [
        {
          ...{ id: "home", rights: ["register", "answer"], phase: "registered", handle: 1_000 },
          ...{ sources: 1, sources_fresh: 1 },
          last: {
            number: 1,
            time: "2026-01-01T11:59:00.000Z",
            type: "registered",
            text: "registered with handle 1000",
          },
        },
      ],
      next: null,
    }),
    400: wrongParameter,
  },
});

export const deviceRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/device",
  summary: "The point as a device of the grid: registration, sources, requests",
  tags: ["device"],
  request: { params: pointParams, query: query({}) },
  responses: { 200: answer(schema.deviceStatus, "Its state", status), ...problems },
});

const sourceParams = pointParams.extend({
  source: z.string().max(63).openapi({ description: "The name of the source", example: "water" }),
});

export const sourceRoute = createRoute({
  method: "put",
  path: "/api/v1/points/{id}/device/sources/{source}",
  summary: "Say what an own source measured",
  description:
    "The head-end gets it when it asks, while it is not older than the source allows. Needs the scope `operate`.",
  tags: ["device"],
  request: {
    params: sourceParams,
    query: query({}),
    body: {
      content: { "application/json": { schema: schema.sourceInput, example: { value: 123.456 } } },
      required: true,
    },
  },
  responses: { 200: answer(schema.deviceStatus, "The state afterwards", status), ...problems },
});

export const filesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/device/files",
  summary: "Files that the head-end sent",
  tags: ["device"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.takenFiles, "The newest eight, oldest first", {
      id: "home",
      files: [
        {
          ...{ name: "1767268740000-verified.bin", bytes: 200_000, time: "2026-01-01T11:59:00.000Z", verified: true },
          sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
      ],
    }),
    ...problems,
  },
});

export const fileRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/device/files/{name}",
  summary: "A file that the head-end sent",
  description: "Nothing here has run it or looked into it. Needs the scope `operate`.",
  tags: ["device"],
  request: {
    params: pointParams.extend({
      name: z.string().max(40).openapi({ description: "As in the list", example: "1767268740000-verified.bin" }),
    }),
    query: query({}),
  },
  responses: {
    200: {
      description: "Its bytes",
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }), example: "…" } },
    },
    ...problems,
  },
});
