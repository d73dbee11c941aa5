/** How the API describes what is read from the meter on request. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { countParam, query } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, problem, wrongParameter } from "../route-parts.ts";
import * as schema from "./schemas.ts";

const timeRead = examples.historyPoint.time;

const meterProblems = {
  400: wrongParameter,
  404: noSuchPoint,
  502: problem("The meter refuses it, or has no such thing", "not-readable"),
  503: problem("The meter does not answer, or too much waits for it", "meter-silent"),
};

export const qualityRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/quality",
  summary: "The meter's counts of bad voltage and current",
  description: "Sags, surges, distortion, lost phases and frequency since the counters were reset (ET09).",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.qualityAnswer, "Power quality", {
      id: "home",
      time_read: timeRead,
      power_quality: examples.powerQuality,
    }),
    ...meterProblems,
  },
});

export const childrenRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/children",
  summary: "The M-Bus devices and MEP clients behind the meter",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.childrenAnswer, "Devices by slot", {
      id: "home",
      time_read: timeRead,
      children: [examples.child],
    }),
    ...meterProblems,
  },
});

export const tablesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/tables",
  summary: "Which tables the meter has",
  description: "From the sets of its BT00, described in the guides or not. Their contents are at `tables/{table}`.",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(schema.tablesAnswer, "The tables", {
      id: "home",
      time_read: timeRead,
      profile: "meter:3.70",
      from: "meter",
      tables: [
        {
          ...{ table: "BT00", number: 0, title: "General Configuration", known: true, withheld: false },
          writable: false,
        },
      ],
    }),
    ...meterProblems,
  },
});

export const tableRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/tables/{table}",
  summary: "Any declared table of the meter, field by field",
  description:
    "Offsets, values, units and bytes. Keys are left out. Tables that carry other messages are refused, because there may be keys among them. Needs the scope `operate`.",
  tags: ["meter reads"],
  request: {
    params: pointParams.extend({ table: z.string().openapi({ description: "The table's id", example: "BT52" }) }),
    query: query({
      from: countParam("from", {
        ...{ least: 0, most: 2 ** 20 },
        description: "Only a part, of a table that is too long to read whole: fields from this byte on",
        example: "9184",
      }),
    }),
  },
  responses: {
    200: answer(schema.tableAnswer, "The table", {
      id: "home",
      time_read: timeRead,
      table: "BT00",
      title: "General configuration",
      profile: "meter:3.70",
      size: 1,
      from: 0,
      raw: "02",
      fields: [
        {
          ...{ path: "dataOrder", start: 0, end: 1, bits: [0, 0], value: 0, unit: null, meaning: null },
          ...{ reserved: false, secret: false, type: "UINT8(0)", note: "Byte order of numbers" },
        },
      ],
    }),
    ...meterProblems,
    404: problem("No such point, or no such table on this meter", "no-such-table"),
    409: problem("The table may hold keys anywhere, so it is not given", "withheld"),
  },
});
