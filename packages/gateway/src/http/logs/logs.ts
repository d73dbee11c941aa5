/** `/api/v1/logs`: the newest lines of the gateway's own log. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { LogMemory } from "../../log-memory.ts";
import { give, iso } from "../give.ts";
import { logsAnswer, logsRoute } from "./routes.ts";

const usualPage = 100;

export const addLogs = (app: OpenAPIHono, logs: Pick<LogMemory, "newest"> | undefined): void => {
  app.openapi(logsRoute, (c) => {
    const { level = "trace", meter, after, limit = usualPage } = c.req.valid("query");
    const lines = logs?.newest({ level, meter, after, limit }) ?? [];
    return give(c, logsAnswer, {
      lines: lines.map(({ time, isEvent, ...line }) => ({ ...line, time: iso(time), is_event: isEvent })),
    });
  });
};
