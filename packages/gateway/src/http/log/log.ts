/** `/api/v1/meters/{id}/log`: the newest entries of the meter's own event log. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MeterLogRead } from "@meterport/engine/points/meter-log";
import { type Meters, noMeter, refuse, shown } from "../answers.ts";
import { noPoint } from "../give.ts";
import { logAnswer, logProblem, parseLimit } from "./log-answer.ts";
import { logRoute, pointLogRoute } from "./routes.ts";

export interface LogSource {
  /** The newest entries of a meter's log, at most `count`. @throws MeterportError if they cannot be read */
  readonly meterLog: (id: string, count: number) => Promise<MeterLogRead>;
}

export const addLog = (app: OpenAPIHono, meters: Meters, source: LogSource): void => {
  for (const route of [logRoute, pointLogRoute])
    app.openapi(route, async (c) => {
      const { id } = c.req.valid("param");
      if (!meters.has(id)) return route === pointLogRoute ? noPoint(c, id) : noMeter(c, meters, id);
      const { limit } = c.req.valid("query");
      const count = parseLimit(limit);
      if (count === undefined)
        return refuse(c, 400, "bad-request", `limit=${shown(limit ?? "")} is not a count from 1 to 100`);
      try {
        return c.json(logAnswer(id, await source.meterLog(id, count)), 200);
      } catch (error) {
        const { status, problem } = logProblem(error);
        return refuse(c, status, problem.error, problem.message);
      }
    });
};
