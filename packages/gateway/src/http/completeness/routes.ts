/** How the API describes completeness. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { completeness } from "../points/schemas.ts";
import {
  choiceParam,
  countParam,
  cursorParam,
  momentParam,
  percentParam,
  periodParam,
  query,
  wordParam,
  wordsParam,
  zoneParam,
} from "../query/params.ts";
import { answer, noSuchPoint, pointParams, pointProblems, storeFails, wrongParameter } from "../route-parts.ts";
import { moment, orNull } from "../schemas.ts";

export const completenessAnswer = z
  .object({
    id: z.string(),
    channel: z.string(),
    zone: z.string(),
    resolution: z.enum(["day", "month"]),
    periods: z.array(completeness).openapi({ description: "Oldest first" }),
  })
  .openapi("CompletenessAnswer");

export const completenessRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/completeness",
  summary: "How much of each month or day is stored",
  description:
    "Expected is what lies between the first interval of the channel and now. Without any interval there are no periods.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      channel: wordParam("channel", {
        description: "Channel; default: `energy_import_wh`",
        example: "energy_import_wh",
      }),
      from: momentParam("from", "Start; default: 12 months or 31 days before `to`"),
      to: momentParam("to", "End; default: now"),
      resolution: choiceParam("resolution", ["day", "month"], { description: "Default: `month`", example: "month" }),
      zone: zoneParam(),
    }),
  },
  responses: {
    200: answer(completenessAnswer, "One report for each period", {
      id: "home",
      channel: "energy_import_wh",
      zone: "Europe/Copenhagen",
      resolution: "month",
      periods: [examples.completeness],
    }),
    ...pointProblems,
  },
});

export const sumsAnswer = z
  .object({
    from: moment("Start of the days that were compared"),
    to: moment("Their end"),
    verdict: z
      .enum(["equal", "different", "unknown"])
      .openapi({ description: "Whether the intervals add up to what the meter's registers counted, to the Wh" }),
    reason: z.enum(["incomplete", "exchange", "unknown"]).nullable().openapi({
      description:
        "Why that is unknown: an interval is not from the meter, another meter came, or no register is known at an end; else null",
    }),
    difference: z
      .number()
      .nullable()
      .openapi({ description: "Sum of the intervals minus what the registers counted, in the channel's unit" }),
  })
  .openapi("SumsCheck");

export const overviewPoint = z
  .object({
    id: z.string(),
    name: z.string(),
    zone: z.string().openapi({ description: "IANA zone of its days and months" }),
    from: moment("Start of the period in that zone"),
    to: moment("Its end"),
    percent: z
      .number()
      .nullable()
      .openapi({ description: "0 if nothing of the channel is stored; null if nothing is expected in the period" }),
    completeness: orNull(completeness, "null if nothing of the channel is stored"),
    sums: orNull(sumsAnswer, "null if no day of the period is over"),
    newest: moment("End of the newest interval with a value").nullable(),
  })
  .openapi("CompletenessOfPoint");

export const overviewPage = z
  .object({
    channel: z.string(),
    sort: z.enum(["worst", "id"]),
    total: z.number().int().openapi({ description: "Points in all, whatever the filter" }),
    complete: z.number().int().openapi({ description: "Points with 100 percent" }),
    incomplete: z.number().int().openapi({ description: "Points with less" }),
    empty: z.number().int().openapi({ description: "Points of which nothing of the channel is stored" }),
    points: z.array(overviewPoint),
    next: z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" }),
  })
  .openapi("CompletenessPage");

export const overviewRoute = createRoute({
  method: "get",
  path: "/api/v1/completeness",
  summary: "How complete all points are in one period, by pages",
  description:
    "The month is that of each point's own zone. The order is kept for some seconds, since it takes a look at every point.",
  tags: ["history"],
  request: {
    query: query({
      period: periodParam(),
      point: wordsParam("point", {
        description: "Only these points, which are then all of the answer; default: all",
        example: "home",
      }),
      from: momentParam("from", "Start of a range, instead of `period`"),
      to: momentParam("to", "Its end; default: now"),
      channel: wordParam("channel", {
        description: "Channel; default: `energy_import_wh`",
        example: "energy_import_wh",
      }),
      sort: choiceParam("sort", ["worst", "id"], { description: "Order; default: `worst`", example: "worst" }),
      below: percentParam("below", "Only points with less than this percentage"),
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
    200: answer(overviewPage, "A page, and how many points are complete", {
      ...{ channel: "energy_import_wh", sort: "worst", total: 1, complete: 0, incomplete: 1, empty: 0 },
      points: [examples.overviewPoint],
      next: null,
    }),
    400: wrongParameter,
    404: noSuchPoint,
    503: storeFails,
  },
});
