/** How the API describes a new start of the gateway. */
import { createRoute, z } from "@hono/zod-openapi";
import type { RestartAnswer } from "../api.ts";
import { query } from "../query/params.ts";
import { answer, problem, wrongParameter } from "../route-parts.ts";
import { restarters } from "./restart-access.ts";

const by = z.enum(restarters);

export const restartAnswer = z
  .object({
    by: by.nullable().openapi({ description: "What starts the gateway again; null if nothing says that it would" }),
  })
  .openapi("RestartAnswer") satisfies z.ZodType<RestartAnswer>;

const admin = "Needs the scope `admin`";

export const restartStateRoute = createRoute({
  method: "get",
  path: "/api/v1/restart",
  summary: "Whether the gateway can be started again from here",
  description: `What started it says so with the variable METERPORT_RESTARTED_BY. ${admin}.`,
  tags: ["operation"],
  request: { query: query({}) },
  responses: { 200: answer(restartAnswer, "What starts it again", { by: "systemd" }), 400: wrongParameter },
});

export const restartRoute = createRoute({
  method: "post",
  path: "/api/v1/restart",
  summary: "Ends the gateway, to be started again by what started it",
  description: `It stops cleanly and ends with exit code 75. ${admin}, and the header \`x-meterport: 1\`, since there is no body.`,
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    202: answer(restartAnswer, "It ends in a moment", { by: "systemd" }),
    400: wrongParameter,
    409: problem("Nothing would start it again", "not-restarted"),
  },
});
