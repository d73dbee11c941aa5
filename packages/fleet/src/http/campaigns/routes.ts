/** The routes of campaigns, and of a read of one point on request. */
import { createRoute, z } from "@hono/zod-openapi";
import { choiceParam, query } from "@meterport/gateway/http/query/params";
import { answer, jsonBody, noSuchPoint, problem, wrongParameter } from "@meterport/gateway/http/route-parts";
import { campaignTargetStates } from "../api.ts";
import { fleetPointParams } from "../completeness/routes.ts";
import { databaseAway, tags } from "../lists/routes.ts";
import { pageQuery } from "../paging.ts";
import * as schema from "./schemas.ts";

const usualProblems = { 400: wrongParameter, 503: databaseAway };
const campaignParams = z.object({
  campaign: z
    .string()
    .regex(/^\d{1,9}$/, "is not the number of a campaign")
    .openapi({ description: "The campaign's number", example: "7" }),
});
const noSuchCampaign = problem("No such campaign", "no-such-campaign");
const impossible = problem("It is not possible: the message says why", "campaign");

const one = {
  ...{ id: 7, name: "January", reads: ["registers"], opens: "2026-01-31T23:00:00.000Z" },
  ...{ closes: "2026-02-02T05:00:00.000Z", windows: ["00:30-05:30"], priority: 5, by: "anna", state: "open" as const },
};
const report = {
  ...one,
  targets: { waiting: 12, failed: 3, done: 9_985, refused: 0, gone: 0, expired: 0, cancelled: 0 },
  reasons: [{ state: "failed" as const, reason: "the meter does not answer", count: 3 }],
};
const wanted = {
  ...{ name: "January", reads: ["registers" as const], closes: "2026-02-02T05:00:00Z", windows: ["00:30-05:30"] },
};

const path = "/api/v1/fleet/campaigns";

export const campaignsRoute = createRoute({
  ...{ method: "get", path, tags, summary: "The campaigns, the newest first" },
  request: { query: query(pageQuery) },
  responses: { 200: answer(schema.campaignsPage, "A page", { campaigns: [one], next: null }), ...usualProblems },
});

export const newCampaignRoute = createRoute({
  ...{ method: "post", path, tags, summary: "Plans a campaign: something that is read once of each of many meters" },
  description: "Needs the scope `operate`.",
  request: { query: query({}), ...jsonBody(schema.newCampaign, wanted) },
  responses: {
    201: answer(schema.campaignReport, "The campaign", report),
    ...{ ...usualProblems, 409: impossible },
  },
});

export const campaignRoute = createRoute({
  ...{ method: "get", path: `${path}/{campaign}`, tags, summary: "What has become of a campaign" },
  request: { params: campaignParams, query: query({}) },
  responses: {
    200: answer(schema.campaignReport, "Its report", report),
    ...{ ...usualProblems, 404: noSuchCampaign },
  },
});

export const targetsRoute = createRoute({
  ...{ method: "get", path: `${path}/{campaign}/targets`, tags, summary: "The meters of a campaign, by pages" },
  request: {
    params: campaignParams,
    query: query({
      ...pageQuery,
      state: choiceParam("state", campaignTargetStates, { description: "Only those in this state", example: "failed" }),
    }),
  },
  responses: {
    200: answer(schema.targetsPage, "A page", {
      targets: [
        {
          ...{ serial: "80401234", point: "flat-1", site: "lindevej-12", state: "failed", attempts: 2 },
          ...{ next_attempt: "2026-02-01T02:12:00.000Z", reason: "the meter does not answer" },
        },
      ],
      next: null,
    }),
    ...{ ...usualProblems, 404: noSuchCampaign },
  },
});

export const cancelRoute = createRoute({
  ...{ method: "post", path: `${path}/{campaign}/cancel`, tags, summary: "Ends a campaign: what is open is not read" },
  description: "Needs the scope `operate`.",
  request: { params: campaignParams, query: query({}) },
  responses: { 200: answer(schema.changed, "Done", { targets: 15 }), ...{ ...usualProblems, 409: impossible } },
});

export const againRoute = createRoute({
  ...{ method: "post", path: `${path}/{campaign}/again`, tags },
  summary: "Tries again what was refused, has expired or was cancelled",
  description: "Needs the scope `operate`.",
  request: {
    params: campaignParams,
    query: query({}),
    ...jsonBody(schema.againBody, { closes: "2026-02-03T05:00:00Z" }),
  },
  responses: { 200: answer(schema.changed, "Done", { targets: 15 }), ...{ ...usualProblems, 409: impossible } },
});

export const readRoute = createRoute({
  ...{ method: "post", path: "/api/v1/fleet/points/{point}/read", tags, summary: "Reads the meter at a point soon" },
  description:
    "Needs the scope `operate`. A campaign of one meter with the highest priority, for a quarter of an hour.",
  request: { params: fleetPointParams, query: query({}), ...jsonBody(schema.readBody, { reads: ["registers"] }) },
  responses: {
    202: answer(schema.readAsked, "Its campaign", { campaign: 8 }),
    ...{ ...usualProblems, 404: noSuchPoint, 409: impossible },
  },
});
