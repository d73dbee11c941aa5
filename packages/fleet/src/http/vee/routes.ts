/** The routes of days that need a person. */
import { createRoute, z } from "@hono/zod-openapi";
import { countParam, query, textParam } from "@meterport/gateway/http/query/params";
import { answer, jsonBody, problem, wrongParameter } from "@meterport/gateway/http/route-parts";
import { moment } from "@meterport/gateway/http/schemas";
import { type VeeDay, type VeeDecision, type VeeInbox, veeDecisions, veeVerdicts } from "../api.ts";
import { databaseAway, tags } from "../lists/routes.ts";
import { next } from "../lists/schemas.ts";
import { pageQuery } from "../paging.ts";

const findings = z
  .array(
    z.object({
      rule: z.string(),
      verdict: z.enum(veeVerdicts),
      from: z.number().int().openapi({ description: "First slot, counted from 0" }),
      to: z.number().int().openapi({ description: "The slot after the last" }),
      detail: z.record(z.string(), z.union([z.number(), z.string()])),
    }),
  )
  .openapi({ description: "What the rules found" });

const verdict = z
  .enum(veeVerdicts)
  .nullable()
  .openapi({ description: "The strongest of all; null if nothing was found" });

export const veeInbox = z
  .object({
    days: z.array(
      z.object({
        ...{ point: z.string(), name: z.string(), site: z.string().nullable(), obis: z.string() },
        day: z.string().openapi({ description: "A day of UTC" }),
        ...{ verdict, findings, version: z.number().int() },
        suspect: z.number().int().openapi({ description: "Slots of that version in doubt" }),
        missing: z.number().int().openapi({ description: "Slots of that version without a value" }),
        estimated: z.number().int().openapi({ description: "Slots of that version that were estimated" }),
        at: moment("When it was checked"),
      }),
    ),
    next,
  })
  .openapi("FleetVeeInbox") satisfies z.ZodType<VeeInbox>;

export const veeDay = z
  .object({
    ...{ point: z.string(), obis: z.string(), day: z.string(), zone: z.string(), unit: z.string() },
    ...{ step_s: z.number(), state: z.enum(["open", "seen", "fine"]), verdict, findings },
    slots: z.array(
      z.object({
        start: moment("Its first moment"),
        recorded: z.number().nullable().openapi({ description: "What the meter recorded" }),
        ...{ source: z.string().nullable(), quality: z.string().nullable(), notes: z.array(z.string()) },
        chosen: z.number().nullable().openapi({ description: "What bills use" }),
        code: z.string().nullable(),
        rule: z.string().nullable().openapi({ description: "What doubted the value, or how it was found" }),
      }),
    ),
    versions: z.array(
      z.object({
        version: z.number().int(),
        by: z.string().openapi({ description: "The author of the edit that made it, or `vee`" }),
        ...{ reason: z.string().nullable(), at: moment("When it was made") },
      }),
    ),
    edits: z.array(
      z.object({
        ...{ kind: z.enum(veeDecisions), author: z.string(), reason: z.string(), at: moment("When it was decided") },
        ...{ from: moment("Begin of the first slot"), to: moment("End of the last") },
      }),
    ),
  })
  .openapi("FleetVeeDay") satisfies z.ZodType<VeeDay>;

const time = z.iso.datetime({ offset: true });

const veeDecision = z
  .strictObject({
    kind: z.enum(veeDecisions),
    obis: z.string().max(40),
    from: time.openapi({ description: "Begin of the first slot" }),
    to: time.openapi({ description: "End of the last" }),
    reason: z.string().min(1).max(500),
    values: z
      .array(z.number().int())
      .max(2_976)
      .optional()
      .openapi({ description: "Whole units, one a slot, of `set`" }),
  })
  .openapi("FleetVeeDecision") satisfies z.ZodType<VeeDecision>;

const day = "2026-01-01";
const obis = "1-0:1.29.0";

export const inboxRoute = createRoute({
  ...{ method: "get", path: "/api/v1/fleet/vee", tags, summary: "Days that need a person, the newest first" },
  request: {
    query: query({
      ...pageQuery,
      site: textParam("site", { most: 100, description: "Only of this site", example: "lindevej-12" }),
      point: textParam("point", { most: 200, description: "Only of this point", example: "flat-1" }),
    }),
  },
  responses: {
    200: answer(veeInbox, "A page", {
      days: [
        {
          ...{ point: "flat-1", name: "Ground floor", site: "lindevej-12", obis, day, verdict: "suspect", version: 1 },
          findings: [{ rule: "spike", verdict: "suspect", from: 40, to: 41, detail: { times: 5 } }],
          ...{ suspect: 1, missing: 0, estimated: 0, at: "2026-01-02T01:00:00.000Z" },
        },
      ],
      next: null,
    }),
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

const params = z.object({
  point: z.string().openapi({ description: "The point's id", example: "flat-1" }),
  day: z.string().openapi({ description: "A day of UTC", example: day }),
});
const which = query({ obis: textParam("obis", { most: 40, description: "Default: 1-0:1.29.0", example: obis }) });
const seenQuery = query({
  obis: which.shape.obis,
  version: countParam("version", {
    least: 1,
    most: 1_000_000,
    description: "The version that was looked at: a newer one stays in the inbox",
    example: "1",
  }),
});
const noSuchDay = problem("No such day of this point", "no-such-day");

const notPossible = problem("It is not possible: the message says why", "edit");

const example = {
  ...{ point: "flat-1", obis, day, zone: "Europe/Copenhagen", unit: "Wh", step_s: 900, state: "open" as const },
  ...{ verdict: "suspect" as const, findings: [], edits: [] },
  slots: [
    {
      ...{ start: "2026-01-01T00:00:00.000Z", recorded: 120, source: "profile", quality: "good", notes: [] },
      ...{ chosen: 120, code: "measured", rule: null },
    },
  ],
  versions: [{ version: 1, by: "vee", reason: null, at: "2026-01-02T01:00:00.000Z" }],
};

const path = "/api/v1/fleet/points/{point}/vee/{day}";

export const dayRoute = createRoute({
  ...{ method: "get", path, tags, summary: "A day in all its layers" },
  request: { params, query: which },
  responses: { 200: answer(veeDay, "The day", example), ...{ 400: wrongParameter, 404: noSuchDay, 503: databaseAway } },
});

export const decideRoute = createRoute({
  ...{ method: "post", path, tags, summary: "Decides about slots of a day" },
  description: "Needs the scope `operate`. What the meter recorded stays; the days are checked again within seconds.",
  request: {
    ...{ params, query: query({}) },
    ...jsonBody(veeDecision, {
      ...{ kind: "accept", obis, from: "2026-01-01T10:00:00Z", to: "2026-01-01T10:15:00Z", reason: "the oven was new" },
    }),
  },
  responses: {
    200: answer(veeDay, "The day", example),
    ...{ 400: wrongParameter, 404: noSuchDay, 409: notPossible, 503: databaseAway },
  },
});

export const seenRoute = createRoute({
  ...{
    method: "post",
    path: `${path}/seen`,
    tags,
    summary: "Takes a day out of the inbox until something else is found",
  },
  description: "Needs the scope `operate`.",
  request: { params, query: seenQuery },
  responses: {
    200: answer(veeDay, "The day", example),
    ...{ 400: wrongParameter, 404: noSuchDay, 409: notPossible, 503: databaseAway },
  },
});
