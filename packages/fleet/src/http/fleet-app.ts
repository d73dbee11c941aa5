/** `/api/v1/fleet/…` as an application of its own, since its failures are those of the fleet's database. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { refuse } from "@meterport/gateway/http/answers";
import { sentenceOf } from "@meterport/gateway/http/query/bad-request";
import { PostgresError } from "@meterport/gateway/stores/postgres/postgres-failure";
import { UsageError } from "@meterport/protocol/errors";

const retryAfter = "5";

/** Of a request that is understood and not possible. */
const conflicts: ReadonlySet<string> = new Set(["campaign", "edit", "export", "audit", "zone"]);

/** Adds routes to the API, in which a database that is away is a 503 in one sentence. */
export const addFleetApp = (app: OpenAPIHono, add: (app: OpenAPIHono) => void): void => {
  const own = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      return c.json({ error: "bad-request", message: sentenceOf(result.error.issues[0]) }, 400);
    },
  });
  own.onError((error, c) => {
    if (error instanceof PostgresError) {
      c.header("retry-after", retryAfter);
      return refuse(c, 503, "fleet-database", `the fleet's database does not answer: ${error.message}`);
    }
    // What the caller asked for is not possible; anything else is ours, and goes to the gateway's log.
    if (error instanceof UsageError && conflicts.has(error.code)) return refuse(c, 409, error.code, error.message);
    throw error;
  });
  add(own);
  app.route("/", own);
};
