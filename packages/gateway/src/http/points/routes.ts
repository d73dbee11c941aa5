/** How the API describes metering points. */
import { createRoute } from "@hono/zod-openapi";
import { linkStates } from "@meterport/client/supervision/link-status";
import * as examples from "../openapi/examples.ts";
import { choiceParam, choicesParam, countParam, cursorParam, query, textParam } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, pointProblems, wrongParameter } from "../route-parts.ts";
import { linkHealth, liveAnswer } from "../schemas.ts";
import { pointSorts } from "./point-orders.ts";
import * as schema from "./schemas.ts";

export const mostPoints = 1_000;

export const listQuery = {
  limit: countParam("limit", {
    least: 1,
    most: mostPoints,
    description: "Points of a page; default: 100",
    example: "100",
  }),
  cursor: cursorParam(),
  q: textParam("q", { most: 100, description: "Only points with this text in their id or name", example: "house" }),
  state: choicesParam("state", linkStates, {
    description: "Only points whose link is in one of these states",
    example: "silent,refused",
  }),
};

const pointsQuery = {
  ...listQuery,
  group: textParam("group", {
    most: 80,
    description: "Only points of this group; empty: only those in none",
    example: "North wing",
  }),
  sort: choiceParam("sort", pointSorts, {
    description:
      "Order; default: `configured`. `state`: the worst first; `power`: the highest first. An order is kept for some seconds, since it takes a look at every point",
    example: "name",
  }),
};

/** Most groups of one page. */
export const mostGroups = 1_000;

export const groupsRoute = createRoute({
  method: "get",
  path: "/api/v1/groups",
  summary: "The groups of metering points, and how their links are doing",
  tags: ["points"],
  request: {
    query: query({
      limit: countParam("limit", {
        least: 1,
        most: mostGroups,
        description: `Groups of a page; default: ${mostGroups}`,
        example: "100",
      }),
      cursor: cursorParam(),
    }),
  },
  responses: {
    200: answer(schema.groupsAnswer, "The groups", {
      groups: [
        {
          ...{ name: "North wing", points: 1 },
          states: { up: 1, degraded: 0, connecting: 0, paused: 0, refused: 0, silent: 0 },
        },
      ],
      next: null,
    }),
    400: wrongParameter,
  },
});

export const pointsRoute = createRoute({
  method: "get",
  path: "/api/v1/points",
  summary: "The metering points, by pages",
  description:
    "In the order of the configuration unless `sort` says otherwise. Reads nothing from the store, however many points there are.",
  tags: ["points"],
  request: { query: query(pointsQuery) },
  responses: {
    200: answer(schema.pointsPage, "A page, and how many points are in which state", {
      points: [examples.pointSummary],
      next: null,
      total: 1,
      found: 1,
      states: { up: 1, degraded: 0, connecting: 0, paused: 0, refused: 0, silent: 0 },
    }),
    400: wrongParameter,
  },
});

export const pointRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}",
  summary: "One point: its link, its meter, and what is stored of it",
  tags: ["points"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.pointDetail, "The point", {
      ...examples.pointHead,
      link: examples.link,
      identity: examples.identity,
      device: examples.device,
      totals: { energy_import_wh: 12_345_678, energy_export_wh: 234_567 },
      channels: ["energy_export_wh", "energy_import_wh"],
      currency: "DKK",
      newest_event: examples.event,
      completeness: examples.completeness,
      clock: examples.meterClock,
    }),
    ...pointProblems,
  },
});

export const devicesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/devices",
  summary: "The meters that hung there, one after the other",
  tags: ["points"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.devicesAnswer, "Meters, oldest first", { id: "home", devices: [examples.device] }),
    ...pointProblems,
  },
});

export const liveRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/live",
  summary: "Live values",
  description: "The newest reading. `GET /api/v1/stream` sends each one.",
  tags: ["points"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(liveAnswer, "Fresh values, or nulls and quality `stale`", examples.live),
    400: wrongParameter,
    404: noSuchPoint,
  },
});

export const linkRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/link",
  summary: "Health of the link to the meter",
  tags: ["points"],
  request: { params: pointParams, query: query({}) },
  responses: { 200: answer(linkHealth, "The link", examples.link), 400: wrongParameter, 404: noSuchPoint },
});
