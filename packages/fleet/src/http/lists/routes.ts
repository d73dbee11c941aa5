/** The routes of what a fleet has. */
import { createRoute, z } from "@hono/zod-openapi";
import { choiceParam, choicesParam, query, textParam } from "@meterport/gateway/http/query/params";
import { answer, jsonBody, problem, wrongParameter } from "@meterport/gateway/http/route-parts";
import { fleetLinkStates } from "../api.ts";
import { searchQuery } from "../paging.ts";
import * as schema from "./schemas.ts";

export const tags = ["fleet"];
export const databaseAway = problem("The fleet's database does not answer", "fleet-database");
const usualProblems = { 400: wrongParameter, 503: databaseAway };

const time = "2026-01-01T12:00:00.000Z";

const exampleSite = {
  ...{ id: "lindevej-12", name: "Lindevej 12", zone: "Europe/Copenhagen", shard: 7, holder: "reader-1.4711.k3" },
  ...{ paused_until: null, meters: 24 },
};

export const fleetRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet",
  summary: "The fleet: counts, the oldest gap, how much of yesterday is there",
  tags,
  request: { query: query({}) },
  responses: {
    200: answer(schema.fleetAnswer, "The fleet", {
      ...{ id: "north", name: "North", shards: 256, shards_free: 0, sites: 900, sites_paused: 1, points: 12_000 },
      ...{ meters: 12_000, holders: 3, open_gaps: 12, oldest_gap: "2025-12-30" },
      states: { up: 11_990, degraded: 4, connecting: 0, paused: 2, refused: 0, silent: 4, free: 0, unknown: 0 },
      yesterday: { day: "2025-12-31", percent: 99.98, counted: time },
    }),
    ...usualProblems,
  },
});

export const holdersRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/holders",
  summary: "The processes that read meters, and which shards they hold",
  tags,
  request: { query: query({}) },
  responses: {
    200: answer(schema.holdersAnswer, "The newest sign of life first", {
      holders: [
        {
          ...{ holder: "reader-1.4711.k3", address: "http://reader-1.example.org:8765", version: "0.1.0", seen: time },
          ...{ health: "up", shards: [0, 7], meters: 94 },
        },
      ],
      free: [],
    }),
    ...usualProblems,
  },
});

export const sitesRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/sites",
  summary: "The sites, by pages",
  tags,
  request: {
    query: query({
      ...searchQuery,
      paused: choiceParam("paused", ["true", "false"], {
        description: "Only those that are paused now, or only the others",
        example: "true",
      }),
    }),
  },
  responses: {
    200: answer(schema.sitesPage, "A page, by id", { sites: [exampleSite], next: null, total: 1 }),
    ...usualProblems,
  },
});

const siteParams = z.object({
  site: z.string().openapi({ description: "The site's id", example: "lindevej-12" }),
});

const noSuchSite = problem("No such site", "no-such-site");

export const siteRoute = createRoute({
  method: "patch",
  path: "/api/v1/fleet/sites/{site}",
  summary: "Leaves a site alone for a time, or no longer",
  description: "Needs the scope `operate`. Its holder follows at once, or within half a minute if it hears no news.",
  tags,
  request: {
    params: siteParams,
    query: query({}),
    ...jsonBody(schema.siteChange, { paused_until: "2026-01-01T12:00:00Z" }),
  },
  responses: {
    200: answer(schema.site, "The site as it is now", exampleSite),
    ...usualProblems,
    404: noSuchSite,
  },
});

export const importRoute = createRoute({
  method: "post",
  path: "/api/v1/fleet/sites/import",
  summary: "Brings in sites, meters and points from CSV: all of them, or none",
  description:
    "Needs the scope `admin`. All that is wrong is told at once, a line each, and then nothing is changed. A body has at most a megabyte, some 10,000 meters: send more in several requests. Keys are not taken here: `meterport fleet import` seals them.",
  tags,
  request: {
    query: query({}),
    ...jsonBody(schema.sitesToImport, {
      csv: "site,zone,serial,link,point\nlindevej-12,Europe/Copenhagen,80401234,tcp://10.0.0.7:4059,flat-1\n",
      dry_run: true,
    }),
  },
  responses: {
    200: answer(schema.importedSites, "What changed, or would change", {
      ...{ sites_added: 1, added: ["80401234"], changed: [], moved: [], unchanged: 0, written: false },
    }),
    ...{ 400: problem("Rows that are wrong, by themselves or with what is there", "wrong-rows"), 503: databaseAway },
  },
});

export const metersRoute = createRoute({
  method: "get",
  path: "/api/v1/fleet/meters",
  summary: "The meters, by pages",
  description:
    "No page costs more than the first. A text is looked for in serial numbers, and in ids and names of points.",
  tags,
  request: {
    query: query({
      ...searchQuery,
      site: textParam("site", { most: 100, description: "Only those of this site", example: "lindevej-12" }),
      state: choicesParam("state", fleetLinkStates, {
        description: "Only those in one of these states",
        example: "silent,free",
      }),
    }),
  },
  responses: {
    200: answer(schema.metersPage, "A page, by serial number", {
      meters: [
        {
          ...{ serial: "80401234", point: "flat-1", point_name: "Ground floor", site: "lindevej-12" },
          ...{ profile: "meter:3.70", state: "up", since: time, cause: null, newest: time, holder: "reader-1.4711.k3" },
        },
      ],
      next: null,
      total: 1,
    }),
    ...usualProblems,
  },
});
