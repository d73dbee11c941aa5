/** How the API describes stored values. */
import { createRoute } from "@hono/zod-openapi";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import * as examples from "../openapi/examples.ts";
import {
  choiceParam,
  choicesParam,
  countParam,
  cursorParam,
  momentParam,
  query,
  stepParam,
  wordParam,
  zoneParam,
} from "../query/params.ts";
import { periods } from "../query/zone-bounds.ts";
import { answer, pointParams, pointProblems } from "../route-parts.ts";
import * as schema from "./schemas.ts";

/** Most periods of one answer. */
export const mostPeriods = 1_000;
/** Most intervals, or states of registers, of one page. */
export const mostValues = 10_000;

const range = (least: string) => ({
  from: momentParam("from", `Start; default: ${least} before \`to\``),
  to: momentParam("to", "End; default: now"),
});

export const historyRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/history",
  summary: "Power and registers on a regular grid, or by local days, months or years",
  description:
    "With `step` the grid is whole steps since 1970. With `resolution` the points are days, months or years of `zone`, which have different " +
    "lengths; their power is the mean of their hours. A point without readings has nulls. A step above a minute must be whole minutes, above an hour whole hours.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      ...range("an hour, 31 days, 12 months or 10 years"),
      step: stepParam(),
      resolution: choiceParam("resolution", periods, { description: "Instead of a step", example: "day" }),
      zone: zoneParam(),
    }),
  },
  responses: {
    200: answer(schema.pointHistory, "Points, oldest first", {
      id: "home",
      from: "2026-01-01T12:00:00.000Z",
      to: "2026-01-01T12:05:00.000Z",
      step: 300,
      resolution: null,
      zone: null,
      points: [examples.historyPoint],
    }),
    ...pointProblems,
  },
});

export const seriesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/series",
  summary: "Means and extremes of any live keys on a regular grid",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      ...range("an hour"),
      keys: choicesParam("keys", liveKeys, {
        description: "Live keys, separated by commas; default: `power_w`",
        example: "power_l1_w,voltage_l1_v",
      }),
      step: stepParam(),
    }),
  },
  responses: {
    200: answer(schema.seriesAnswer, "Values, oldest first; null for a step without a value", {
      id: "home",
      from: "2026-01-01T12:00:00.000Z",
      to: "2026-01-01T12:10:00.000Z",
      step: 300,
      series: { voltage_l1_v: { mean: [229.8, null], min: [228.9, null], max: [230.4, null] } },
    }),
    ...pointProblems,
  },
});

const channel = wordParam("channel", {
  description: "Channel; default: `energy_import_wh`",
  example: "energy_import_wh",
});

export const intervalsRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/intervals",
  summary: "Energy by interval, or its sums by local day, month or year",
  description:
    "An interval belongs to the range if it ends after `from` and at or before `to`, which is the next full minute if it is omitted. With `sum` the store adds up: the answer then has `sums` instead of `intervals`.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      channel,
      ...range("a day, or as for `resolution` of the history"),
      sum: choiceParam("sum", periods, { description: "Sums instead of intervals", example: "day" }),
      zone: zoneParam(),
      limit: countParam("limit", {
        least: 1,
        most: mostValues,
        description: "Intervals of a page; default: 1000",
        example: "1000",
      }),
      cursor: cursorParam(),
    }),
  },
  responses: {
    200: answer(schema.intervalsAnswer, "Intervals or sums, oldest first", {
      id: "home",
      channel: "energy_import_wh",
      unit: "Wh",
      from: "2026-01-01T00:00:00.000Z",
      to: "2026-01-01T00:15:00.000Z",
      intervals: [examples.interval],
      next: null,
      zone: null,
      sums: null,
    }),
    ...pointProblems,
  },
});

export const registersRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/registers",
  summary: "States of counters: daily, at exchanges, and what the meter read itself",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      ...range("31 days"),
      register: wordParam("register", { description: "Only this register", example: "energy_import_wh" }),
      tier: countParam("tier", { least: 0, most: 8, description: "Only this tier; 0 is the sum of all", example: "0" }),
      limit: countParam("limit", {
        least: 1,
        most: mostValues,
        description: "States of a page, which ends between two moments; default: 1000",
        example: "1000",
      }),
      cursor: cursorParam(),
    }),
  },
  responses: {
    200: answer(schema.registersAnswer, "States, oldest first", {
      id: "home",
      registers: [examples.register],
      next: null,
    }),
    ...pointProblems,
  },
});
