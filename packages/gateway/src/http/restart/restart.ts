/** `/api/v1/restart`: starts the gateway again, where something does that. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse } from "../answers.ts";
import { give } from "../give.ts";
import type { RestartAccess } from "./restart-access.ts";
import { restartAnswer, restartRoute, restartStateRoute } from "./routes.ts";

const nobody =
  "nothing would start the gateway again: end it and start it as before, or set METERPORT_RESTARTED_BY to what does (systemd, container or home-assistant)";

export const addRestart = (app: OpenAPIHono, restart: RestartAccess | undefined): void => {
  app.openapi(restartStateRoute, (c) => give(c, restartAnswer, { by: restart?.by ?? null }));

  app.openapi(restartRoute, (c) => {
    if (restart === undefined || restart.by === null) return refuse(c, 409, "not-restarted", nobody);
    restart.begin();
    return c.json({ by: restart.by }, 202);
  });
};
