/** `/api/v1/health` and `/health`: whether the gateway itself works. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { isUsable } from "@meterport/client/supervision/link-status";
import type { Clock } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { Meters } from "../answers.ts";
import { stateOf } from "../points/link-states.ts";
import { healthRootRoute, healthRoute } from "./routes.ts";

export const addHealth = (app: OpenAPIHono, meters: Meters, version: string, clock: Clock): void => {
  const started = clock.now();
  const answer = (c: Context) =>
    c.json(
      {
        status: "ok" as const,
        version,
        uptime_s: Math.floor((clock.now() - started) / 1000),
        meters: meters.size,
        meters_up: [...meters.values()].filter((meter) => isUsable(stateOf(meter))).length,
      },
      200,
    );
  app.openapi(healthRoute, answer);
  app.openapi(healthRootRoute, answer);
};
