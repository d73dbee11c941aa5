/** How the API describes this resource. */
import { createRoute } from "@hono/zod-openapi";
import { answer } from "../route-parts.ts";
import * as schema from "../schemas.ts";

export const healthRoute = createRoute({
  method: "get",
  path: "/api/v1/health",
  summary: "Whether the gateway works",
  responses: { 200: answer(schema.healthAnswer, "The gateway works") },
});
