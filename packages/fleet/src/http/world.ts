/** What the routes of a fleet are given. */
import { refuse, shown } from "@meterport/gateway/http/answers";
import type { Clock, Entropy } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { Database } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import type { JobsDesk } from "../jobs/desk.ts";

export interface FleetWorld {
  readonly database: Database;
  readonly fleet: Fleet;
  readonly clock: Pick<Clock, "wall" | "now" | "at">;
  readonly entropy: Entropy;
  /** Campaigns, checked days and exports. */
  readonly desk: JobsDesk;
}

/** Who asks, for the audit log. */
export const whoAsks = (c: Context): string => {
  const { actor } = c.var;
  return actor === undefined ? "nobody" : actor.kind === "user" ? actor.name : `${actor.kind} ${actor.name}`;
};

export const noSite = (c: Context, id: string) =>
  refuse(c, 404, "no-such-site", `unknown site ${shown(id)}: GET /api/v1/fleet/sites lists all`);
