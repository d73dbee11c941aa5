/** How the API describes the journal. */
import { createRoute, z } from "@hono/zod-openapi";
import { journalKinds } from "@meterport/engine/model/journal-entry";
import * as examples from "../openapi/examples.ts";
import { choicesParam, countParam, query, wordsParam } from "../query/params.ts";
import { answer, noSuchPoint, storeFails, wrongParameter } from "../route-parts.ts";
import { journalEntry } from "./journal-answer.ts";

export const journalAnswer = z
  .object({
    entries: z
      .array(journalEntry)
      .openapi({ description: "Ascending; without gaps, except for what a filter left out" }),
    next: z.number().int().openapi({ description: "`after` of the next request" }),
    more: z.boolean().openapi({ description: "Whether more entries follow" }),
    oldest: z.number().int().nullable().openapi({ description: "Number of the oldest entry that is kept" }),
    passed: z.boolean().openapi({
      description:
        "True if entries after `after` are deleted already, or `after` is a number of another store: read the values instead, and continue from `next`",
    }),
  })
  .openapi("JournalAnswer");

export const journalRoute = createRoute({
  method: "get",
  path: "/api/v1/journal",
  summary: "Each change of an interval, register, event or device, in the order in which it was stored",
  description:
    "Keep `next` and ask with it as `after`: each change arrives once, also after a failure of either side. A page of a filter may be empty although `more` is true.",
  tags: ["changes"],
  request: {
    query: query({
      after: countParam("after", {
        least: 0,
        most: Number.MAX_SAFE_INTEGER,
        description: "Entries with a higher number; default: 0",
        example: "0",
      }),
      limit: countParam("limit", {
        least: 1,
        most: 1_000,
        description: "Entries of a page; default: 100",
        example: "100",
      }),
      point: wordsParam("point", { description: "Only these points, separated by commas", example: "home" }),
      kind: choicesParam("kind", journalKinds, {
        description: "Only these kinds, separated by commas",
        example: "interval,event",
      }),
    }),
  },
  responses: {
    200: answer(journalAnswer, "A page of the journal", {
      entries: [
        {
          number: 1,
          stored: examples.interval.stored,
          point: "home",
          kind: "interval",
          channel: "energy_import_wh",
          interval: examples.interval,
        },
      ],
      next: 1,
      more: false,
      oldest: 1,
      passed: false,
    }),
    400: wrongParameter,
    404: noSuchPoint,
    503: storeFails,
  },
});
