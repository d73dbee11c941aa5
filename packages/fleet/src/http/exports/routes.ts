/** The routes of exports: their plans, what they made, and its files. */
import { createRoute, z } from "@hono/zod-openapi";
import { query } from "@meterport/gateway/http/query/params";
import { answer, jsonBody, problem, wrongParameter } from "@meterport/gateway/http/route-parts";
import { moment } from "@meterport/gateway/http/schemas";
import type { ExportRunsPage, ExportsAnswer } from "../api.ts";
import { databaseAway, tags } from "../lists/routes.ts";
import { next } from "../lists/schemas.ts";
import { pageQuery } from "../paging.ts";

export const exportsAnswer = z
  .object({
    exports: z.array(
      z.object({
        ...{ id: z.number().int(), name: z.string(), format: z.string(), zone: z.string() },
        every: z.enum(["day", "month"]),
        time: z.string().openapi({ description: "By the clock of its zone" }),
        days_later: z.number().int().openapi({ description: "Whole days after the period, for what comes late" }),
        target: z.string().openapi({ description: "Its kind: where it is, only the machine that delivers says" }),
        ...{ paused: z.boolean(), by: z.string() },
        waiting: z.number().int().openapi({ description: "Files that wait for the target" }),
        failures: z.number().int(),
        failing_since: moment("Since when its target has taken nothing; null while it works").nullable(),
        problem: z.string().nullable(),
        last_delivered: moment("The newest delivery").nullable(),
      }),
    ),
  })
  .openapi("FleetExports") satisfies z.ZodType<ExportsAnswer>;

export const runsPage = z
  .object({
    runs: z.array(
      z.object({
        period: z.string(),
        version: z.number().int(),
        state: z.enum(["made", "delivered", "empty", "failed", "refused"]),
        at: moment("When it was made"),
        problem: z.string().nullable(),
        files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
      }),
    ),
    next,
  })
  .openapi("FleetExportRuns") satisfies z.ZodType<ExportRunsPage>;

const number = (what: string) => z.string().regex(/^\d{1,9}$/, `is not the number of ${what}`);
const exportParam = number("an export").openapi({ description: "The export's number", example: "3" });
const period = z.string().regex(/^20\d\d-\d\d(-\d\d)?$/, "is not a period: write for example 2026-01-01");

const runAgain = z
  .strictObject({
    period: period.openapi({ description: "Day or month", example: "2026-01-01" }),
    version: z.number().int().min(1).optional().openapi({
      description: "Delivers the same files again, byte by byte; without it a new version is made if something changed",
    }),
  })
  .openapi("FleetExportAgain");

const path = "/api/v1/fleet/exports";
const noSuch = problem("No such export", "no-such-export");

export const exportsRoute = createRoute({
  ...{ method: "get", path, tags, summary: "What is exported, and how its targets are doing" },
  request: { query: query({}) },
  responses: {
    200: answer(exportsAnswer, "The plans", {
      exports: [
        {
          ...{ id: 3, name: "north-daily", format: "rsm-012-json", zone: "Europe/Copenhagen", every: "day" },
          ...{ time: "02:00", days_later: 1, target: "sftp", paused: false, by: "anna", waiting: 0, failures: 0 },
          ...{ failing_since: null, problem: null, last_delivered: "2026-01-02T01:00:12.000Z" },
        },
      ],
    }),
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

export const runsRoute = createRoute({
  ...{ method: "get", path: `${path}/{export}/runs`, tags, summary: "What an export made, the newest first" },
  request: { params: z.object({ export: exportParam }), query: query(pageQuery) },
  responses: {
    200: answer(runsPage, "A page", {
      runs: [
        {
          ...{ period: "2026-01-01", version: 1, state: "delivered", at: "2026-01-02T01:00:00.000Z", problem: null },
          files: [{ name: "north-daily-2026-01-01-1.json", bytes: 1_234_567, sha256: "00".repeat(32) }],
        },
      ],
      next: null,
    }),
    ...{ 400: wrongParameter, 404: noSuch, 503: databaseAway },
  },
});

export const againRoute = createRoute({
  ...{ method: "post", path: `${path}/{export}/runs`, tags, summary: "Runs an export of a period again" },
  description: "Needs the scope `admin`.",
  request: {
    params: z.object({ export: exportParam }),
    query: query({}),
    ...jsonBody(runAgain, { period: "2026-01-01" }),
  },
  responses: {
    202: { description: "It is done within a minute" },
    ...{ 400: wrongParameter, 409: problem("It is not possible: the message says why", "export"), 503: databaseAway },
  },
});

export const fileRoute = createRoute({
  ...{ method: "get", path: `${path}/{export}/runs/{period}/{version}/files/{name}`, tags, summary: "A file of a run" },
  request: {
    params: z.object({
      ...{ export: exportParam, period: period.openapi({ description: "Day or month", example: "2026-01-01" }) },
      version: number("a version").openapi({ description: "Version of the run", example: "1" }),
      name: z
        .string()
        .max(200)
        .openapi({ description: "As in the list of runs", example: "north-daily-2026-01-01-1.json" }),
    }),
    query: query({}),
  },
  responses: {
    200: { description: "The file", content: { "application/octet-stream": { schema: z.string(), example: "{}" } } },
    ...{ 400: wrongParameter, 404: problem("No such file", "no-such-file"), 503: databaseAway },
  },
});
