/** How the API describes completeness. */
import { createRoute, z } from "@hono/zod-openapi";
import * as examples from "../openapi/examples.ts";
import { completeness } from "../points/schemas.ts";
import { choiceParam, momentParam, query, wordParam, zoneParam } from "../query/params.ts";
import { answer, pointParams, pointProblems } from "../route-parts.ts";

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
