/** The routes of completeness and of booked values. */
import { createRoute, z } from "@hono/zod-openapi";
import { choiceParam, countParam, query, textParam, wordParam } from "@meterport/gateway/http/query/params";
import { answer, noSuchPoint, wrongParameter } from "@meterport/gateway/http/route-parts";
import { moment } from "@meterport/gateway/http/schemas";
import type { BookedValues, CompletenessMap, CompletenessReport } from "../api.ts";
import { databaseAway, tags } from "../lists/routes.ts";
import { next } from "../lists/schemas.ts";
import { pageQuery, searchQuery } from "../paging.ts";

export const mostPoints = 200;
export const usualPoints = 100;

const percent = z.number().nullable().openapi({ description: "0 to 100, rounded down; null if nothing is expected" });

export const completenessMap = z
  .object({
    month: z.string(),
    channel: z.string(),
    points: z.array(
      z.object({
        point: z.string(),
        name: z.string(),
        site: z.string().nullable(),
        zone: z.string(),
        percent: z.array(percent).openapi({ description: "A place for each day of the month" }),
        gone: z.array(z.number().int()).openapi({ description: "Days, from 1, of which something is lost for ever" }),
      }),
    ),
    next,
  })
  .openapi("FleetCompletenessMap") satisfies z.ZodType<CompletenessMap>;

export const completenessReport = z
  .object({
    month: z.string(),
    rows: z.array(
      z.object({
        site: z.string().nullable(),
        point: z.string().nullable().openapi({ description: "null in a report by site" }),
        channel: z.string().nullable().openapi({ description: "null of points of which nothing was ever booked" }),
        points: z.number().int(),
        expected_s: z.number(),
        present_s: z.number(),
        gone_s: z.number().openapi({ description: "What nobody has any more" }),
        percent,
      }),
    ),
    next,
  })
  .openapi("FleetCompletenessReport") satisfies z.ZodType<CompletenessReport>;

const month = textParam("month", { most: 7, description: "Default: the present month, in UTC", example: "2026-01" });
export const channel = wordParam("channel", { description: "Default: energy_import_wh", example: "energy_export_wh" });

const fewer = {
  limit: countParam("limit", {
    ...{ least: 1, most: mostPoints, example: "100" },
    description: `Points of a page, or sites of a report by site; default: ${usualPoints}`,
  }),
};

export const mapRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/completeness",
  summary: "How complete each day of a month is, point by point",
  description:
    "Days are those of each point's own zone. What ended so recently that it may still come is not expected.",
  tags,
  request: {
    query: query({
      ...{ ...searchQuery, ...fewer, month, channel },
      site: textParam("site", { most: 100, description: "Only points of this site", example: "lindevej-12" }),
    }),
  },
  responses: {
    200: answer(completenessMap, "A page, by id", {
      ...{ month: "2026-01", channel: "energy_import_wh", next: null },
      points: [
        {
          ...{ point: "flat-1", name: "Ground floor", site: "lindevej-12", zone: "Europe/Copenhagen" },
          ...{ percent: [100, 98, null], gone: [2] },
        },
      ],
    }),
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

const reportFormats = ["json", "csv"] as const;

export const reportRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/completeness/report",
  summary: "How complete a month is by point or by site, as JSON or CSV",
  description: "A page as JSON; as CSV all of it, from `cursor` on.",
  tags,
  request: {
    query: query({
      ...{ ...pageQuery, ...fewer, month },
      by: choiceParam("by", ["point", "site"], { description: "Default: point", example: "site" }),
      format: choiceParam("format", reportFormats, { description: "Default: json", example: "csv" }),
    }),
  },
  responses: {
    200: {
      description: "The report",
      content: {
        "application/json": {
          schema: completenessReport,
          example: {
            month: "2026-01",
            rows: [
              {
                ...{ site: "lindevej-12", point: null, channel: "energy_import_wh", points: 24 },
                ...{ expected_s: 2_073_600, present_s: 2_072_700, gone_s: 900, percent: 99.95 },
              },
            ],
            next: null,
          },
        },
        "text/csv": { schema: z.string(), example: "site,point,channel,points,expected_s,present_s,gone_s,percent" },
      },
    },
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

export const bookedValues = z
  .object({
    point: z.string(),
    zone: z.string(),
    channel: z.string(),
    unit: z.string(),
    days: z.array(
      z.object({
        day: z.string(),
        from: moment("Its first moment"),
        to: moment("Its end"),
        sum: z.number().nullable().openapi({ description: "Of what is there, to the digit; null if nothing is" }),
        slots: z.array(
          z.object({
            end: moment("End of the interval"),
            seconds: z.number(),
            value: z.number(),
            source: z.string(),
            quality: z.string(),
            notes: z.array(z.string()).openapi({ description: "What the meter or the read noted" }),
            chosen: z.number().nullable().openapi({ description: "What bills use" }),
            code: z.string().nullable().openapi({ description: "Why, such as `measured`; null before it was chosen" }),
          }),
        ),
        version: z.number().int().nullable().openapi({ description: "Of what bills use; null before it was chosen" }),
      }),
    ),
  })
  .openapi("FleetBookedValues") satisfies z.ZodType<BookedValues>;

export const fleetPointParams = z.object({
  point: z.string().openapi({ description: "The point's id", example: "flat-1" }),
});

export const dayText = (name: string, description: string) =>
  textParam(name, { most: 10, description, example: "2026-01-01" });

export const valuesRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/points/{point}/values",
  summary: "What is booked of a point, by days of its own zone",
  tags,
  request: {
    params: fleetPointParams,
    query: query({
      channel,
      day: dayText("day", "The first day; default: yesterday"),
      days: countParam("days", { least: 1, most: 31, description: "Days in a row; default: 1", example: "7" }),
    }),
  },
  responses: {
    200: answer(bookedValues, "The days", {
      ...{ point: "flat-1", zone: "Europe/Copenhagen", channel: "energy_import_wh", unit: "Wh" },
      days: [
        {
          ...{ day: "2026-01-01", from: "2025-12-31T23:00:00.000Z", to: "2026-01-01T23:00:00.000Z", sum: 120 },
          slots: [
            {
              ...{ end: "2025-12-31T23:15:00.000Z", seconds: 900, value: 120, source: "profile", quality: "good" },
              ...{ notes: [], chosen: 120, code: "measured" },
            },
          ],
          version: 1,
        },
      ],
    }),
    ...{ 400: wrongParameter, 404: noSuchPoint, 503: databaseAway },
  },
});
