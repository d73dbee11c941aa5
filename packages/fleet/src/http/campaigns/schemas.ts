/** How the API describes campaigns. */
import { z } from "@hono/zod-openapi";
import { countsOf, moment } from "@meterport/gateway/http/schemas";
import { highestPriority, readKinds } from "../../campaigns/campaign.ts";
import {
  type CampaignReport,
  type CampaignsPage,
  campaignTargetStates,
  type FleetCampaign,
  type NewCampaign,
  type ReadAsked,
  type TargetsPage,
} from "../api.ts";
import { next } from "../lists/schemas.ts";

const time = z.iso.datetime({ offset: true });
const reads = z.array(z.enum(readKinds)).min(1).max(readKinds.length);
const ids = z.array(z.string().min(1).max(200)).min(1).max(10_000);

const head = {
  id: z.number().int(),
  name: z.string(),
  reads: z.array(z.string()),
  opens: moment("No visit begins before it"),
  closes: moment("No visit begins at it or later"),
  windows: z.array(z.string()).openapi({ description: "Parts of the day of each site's own clock; none: any time" }),
  priority: z
    .number()
    .int()
    .openapi({ description: `0 to ${highestPriority}; ${highestPriority} goes first` }),
  by: z.string(),
  state: z.enum(["planned", "open", "closed", "cancelled"]),
};

export const campaign = z.object(head).openapi("FleetCampaign") satisfies z.ZodType<FleetCampaign>;

export const campaignsPage = z
  .object({ campaigns: z.array(campaign), next })
  .openapi("FleetCampaigns") satisfies z.ZodType<CampaignsPage>;

const targetState = z.enum(campaignTargetStates);

export const campaignReport = z
  .object({
    ...head,
    targets: countsOf(campaignTargetStates).openapi({ description: "A planned campaign has none yet" }),
    reasons: z
      .array(z.object({ state: targetState, reason: z.string(), count: z.number().int() }))
      .openapi({ description: "The most frequent first" }),
  })
  .openapi("FleetCampaignReport") satisfies z.ZodType<CampaignReport>;

export const newCampaign = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    reads,
    opens: time.optional().openapi({ description: "Now if omitted" }),
    closes: time,
    windows: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "write windows like 00:30-05:30"))
      .max(24)
      .optional(),
    priority: z.number().int().min(0).max(highestPriority).optional().openapi({ description: "5 if omitted" }),
    spread_s: z.number().min(0).max(86_400).optional().openapi({ description: "Over how long first attempts spread" }),
    sites: ids.optional().openapi({ description: "Only the meters of these sites" }),
    points: ids.optional().openapi({ description: "Only the meters at these points" }),
  })
  .openapi("NewFleetCampaign") satisfies z.ZodType<NewCampaign>;

export const againBody = z
  .strictObject({ closes: time.openapi({ description: "Until then they are tried" }) })
  .openapi("FleetCampaignAgain");

export const changed = z
  .object({ targets: z.number().int().openapi({ description: "How many targets it concerns" }) })
  .openapi("FleetCampaignChange");

export const targetsPage = z
  .object({
    targets: z.array(
      z.object({
        serial: z.string(),
        point: z.string().nullable(),
        site: z.string().nullable(),
        state: targetState,
        attempts: z.number().int(),
        next_attempt: moment("Not before it; null if it is not tried again").nullable(),
        reason: z.string().nullable(),
      }),
    ),
    next,
  })
  .openapi("FleetTargets") satisfies z.ZodType<TargetsPage>;

export const readBody = z.strictObject({ reads }).openapi("FleetRead");

export const readAsked = z
  .object({ campaign: z.number().int().openapi({ description: "Its report says what became of it" }) })
  .openapi("FleetReadAsked") satisfies z.ZodType<ReadAsked>;
