/** How the API describes what a fleet has. */
import { z } from "@hono/zod-openapi";
import { countsOf, moment } from "@meterport/gateway/http/schemas";
import {
  type FleetAnswer,
  fleetLinkStates,
  type HoldersAnswer,
  holderHealths,
  type ImportedSites,
  type MetersPage,
  type SitesPage,
  type SitesToImport,
} from "../api.ts";

export const next = z
  .string()
  .nullable()
  .openapi({ description: "`cursor` of the next page; null if this is the last one" });

const percent = z.number().nullable().openapi({ description: "0 to 100, rounded down; null if nothing is expected" });

export const fleetAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    shards: z.number().int(),
    shards_free: z.number().int().openapi({ description: "Shards that nobody holds now" }),
    sites: z.number().int(),
    sites_paused: z.number().int(),
    points: z.number().int(),
    meters: z.number().int(),
    holders: z.number().int().openapi({ description: "Processes that read meters, seen lately" }),
    states: countsOf(fleetLinkStates).openapi({ description: "How many meters are in each state; some seconds old" }),
    open_gaps: z.number().int().openapi({ description: "Days of channels with intervals that a meter may still have" }),
    oldest_gap: z.string().nullable().openapi({ description: "The oldest of these days" }),
    yesterday: z
      .object({ day: z.string(), percent, counted: moment("When it was counted") })
      .openapi({ description: "Active import of all points with a meter, yesterday in UTC" }),
  })
  .openapi("Fleet") satisfies z.ZodType<FleetAnswer>;

export const holdersAnswer = z
  .object({
    holders: z.array(
      z.object({
        holder: z.string().openapi({ description: "One life of one process" }),
        address: z.string(),
        version: z.string(),
        seen: moment("Its last sign of life, by the database's clock"),
        health: z.enum(holderHealths).openapi({ description: "`late`: its shards are about to be taken by others" }),
        shards: z.array(z.number().int()),
        meters: z.number().int(),
      }),
    ),
    free: z.array(z.number().int()).openapi({ description: "Shards that nobody holds now" }),
  })
  .openapi("FleetHolders") satisfies z.ZodType<HoldersAnswer>;

export const site = z
  .object({
    id: z.string(),
    name: z.string(),
    zone: z.string(),
    shard: z.number().int(),
    holder: z.string().nullable().openapi({ description: "Who reads it; null while nobody does" }),
    paused_until: moment("It is left alone until then; null if it is not").nullable(),
    meters: z.number().int(),
  })
  .openapi("FleetSite");

export const sitesPage = z
  .object({ sites: z.array(site), next, total: z.number().int().openapi({ description: "Sites in all" }) })
  .openapi("FleetSites") satisfies z.ZodType<SitesPage>;

export const siteChange = z
  .strictObject({
    paused_until: z.union([z.iso.datetime({ offset: true }), z.null()]).openapi({
      description: "Leave it alone until then, a year at most; null ends the pause",
      example: "2026-01-01T12:00:00Z",
    }),
  })
  .openapi("FleetSiteChange");

export const metersPage = z
  .object({
    meters: z.array(
      z.object({
        serial: z.string(),
        point: z.string().nullable().openapi({ description: "What it measures; null if nobody said" }),
        point_name: z.string().nullable(),
        site: z.string().nullable(),
        profile: z.string().nullable(),
        state: z.enum(fleetLinkStates).openapi({
          description: "As its holder told last; `free` while nobody holds it, `unknown` if its holder has not told",
        }),
        since: moment("When this state began").nullable(),
        cause: z.string().nullable(),
        newest: moment("End of the newest booked interval of its active import").nullable(),
        holder: z.string().nullable(),
      }),
    ),
    next,
    total: z.number().int().openapi({ description: "Meters in all, whatever the filter" }),
  })
  .openapi("FleetMeters") satisfies z.ZodType<MetersPage>;

export const sitesToImport = z
  .strictObject({
    csv: z
      .string()
      .min(1)
      .openapi({ description: "A row for each meter, under a header: `site`, `serial`, `link`, `point`, and others" }),
    move: z.boolean().optional().openapi({ description: "Meters may change their site, point or link" }),
    dry_run: z.boolean().optional().openapi({ description: "Says what would change, and changes nothing" }),
  })
  .openapi("FleetSitesToImport") satisfies z.ZodType<SitesToImport>;

export const importedSites = z
  .object({
    sites_added: z.number().int(),
    added: z.array(z.string()).openapi({ description: "Serial numbers" }),
    changed: z.array(z.string()).openapi({ description: "Serial numbers of meters of which something else was known" }),
    moved: z
      .array(z.object({ serial: z.string(), from: z.string(), to: z.string() }))
      .openapi({ description: "Those among them that hung at another site" }),
    ...{ unchanged: z.number().int(), written: z.boolean().openapi({ description: "False of a dry run" }) },
  })
  .openapi("FleetImportedSites") satisfies z.ZodType<ImportedSites>;
