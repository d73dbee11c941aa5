/** What `meterport serve` takes for a configuration with a fleet: all roles with the parts that do their work. */
import { join } from "node:path";
import type { Companion, CompanionContext } from "@meterport/gateway/operation/companion";
import type { FleetSettings } from "@meterport/gateway/settings/fleet-settings";
import { addFleetRoutes } from "./http/fleet-routes.ts";
import { vouchedActor } from "./http/passing/vouch.ts";
import { startJobs } from "./jobs/fleet-jobs.ts";
import { jobsDesk } from "./jobs/jobs-desk.ts";
import { visitBook } from "./jobs/visit-book.ts";
import { KeyBook } from "./keys/key-book.ts";
import { fleetCompanion } from "./serve/fleet-companion.ts";

/** @throws UsageError, PostgresError */
export const companion = (settings: FleetSettings, context: CompanionContext): Promise<Companion> => {
  const { clock, entropy, log, data } = context;
  return fleetCompanion(settings, context, {
    keys: (run, fleet, key) => KeyBook.of(run, fleet, [key], entropy),
    visits: visitBook(entropy),
    startJobs: ({ url, name }) =>
      startJobs({
        ...{ url, name, fleet: settings.id, clock, log: (line) => log.info(`fleet: ${line}`) },
        chance: () => (entropy(1)[0] ?? 0) / 256,
        folder: join(data, "exports"),
      }),
    addRoutes: (app, points, own) => addFleetRoutes(app, { ...own, clock, entropy, desk: jobsDesk }, points),
    vouched: vouchedActor,
  });
};
