/** How the API describes the gateway's own log. */
import { createRoute, z } from "@hono/zod-openapi";
import { logLevels } from "../../log.ts";
import { choiceParam, countParam, query, wordParam } from "../query/params.ts";
import { answer, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

export const logsAnswer = z
  .object({
    lines: z.array(
      z.object({
        number: z.number().int().openapi({ description: "Counts up with each line since the start" }),
        time: moment("When it was logged"),
        level: z.enum(logLevels),
        meter: z.string().nullable().openapi({ description: "The meter that it is about" }),
        message: z.string(),
        is_event: z.boolean().openapi({ description: "Whether the same is among the events of that meter" }),
      }),
    ),
  })
  .openapi("LogsAnswer");

export const logsRoute = createRoute({
  method: "get",
  path: "/api/v1/logs",
  summary: "The newest lines of the gateway's own log, newest first",
  description: "The last 1,000 lines are kept, of the levels that `log.level` lets through. Needs the scope `operate`.",
  tags: ["operation"],
  request: {
    query: query({
      level: choiceParam("level", logLevels, {
        description: "Lines of this level and of more severe ones; default: all that are kept",
        example: "warn",
      }),
      meter: wordParam("meter", { description: "Only lines about this meter", example: "home" }),
      after: countParam("after", {
        least: 0,
        most: Number.MAX_SAFE_INTEGER,
        description: "Lines with a higher number",
        example: "0",
      }),
      limit: countParam("limit", { least: 1, most: 1_000, description: "Default: 100", example: "100" }),
    }),
  },
  responses: {
    200: answer(logsAnswer, "Lines of the log", {
      lines: [
        {
          number: 1,
          time: "2026-01-01T12:00:00.000Z",
          level: "info",
          meter: "home",
          message: "link up, tcp://192.168.1.20:4059",
          is_event: false,
        },
      ],
    }),
    400: wrongParameter,
  },
});
