/** What `meterport serve` takes for a configuration with a fleet: all roles with the parts that do their work. */
import { join } from "node:path";
import type { Companion, CompanionContext } from "@meterport/gateway/operation/companion";
import type { FleetSettings } from "@meterport/gateway/settings/fleet-settings";
import { UsageError } from "@meterport/protocol/errors";
import { addFleetRoutes } from "./http/fleet-routes.ts";
import { vouchedActor } from "./http/passing/vouch.ts";
import { startJobs } from "./jobs/fleet-jobs.ts";
import { jobsDesk } from "./jobs/jobs-desk.ts";
import { visitBook } from "./jobs/visit-book.ts";
import { KeyBook } from "./keys/key-book.ts";
import { fleetCompanion } from "./serve/fleet-companion.ts";
import { readVeeSettings, type VeeSettings } from "./vee/settings.ts";

/** @throws UsageError with a line per problem */
const veeSettingsIn = ({ checks }: FleetSettings): VeeSettings => {
  try {
    return readVeeSettings(checks.rules);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const lines = error.message.split("\n").map((line) => `fleet.checks.rules: ${line}`);
    throw new UsageError("config", lines.join("\n"));
  }
};

/** @throws UsageError, PostgresError */
export const companion = async (settings: FleetSettings, context: CompanionContext): Promise<Companion> => {
  const { clock, entropy, log, data } = context;
  const { deadline, holidays } = settings.checks;
  const vee = { settings: veeSettingsIn(settings), deadline, holidays: new Set(holidays) };
  return fleetCompanion(settings, context, {
    keys: (run, fleet, key) => KeyBook.of(run, fleet, [key], entropy),
    visits: visitBook(entropy),
    startJobs: ({ url, name }) =>
      startJobs({
        ...{ url, name, fleet: settings.id, clock, log: (line) => log.info(`fleet: ${line}`) },
        chance: () => (entropy(1)[0] ?? 0) / 256,
        folder: join(data, "exports"),
        ...{ gaps: settings.gaps, retention: settings.retention, vee },
      }),
    addRoutes: (app, points, own) => addFleetRoutes(app, { ...own, clock, entropy, desk: jobsDesk }, points),
    vouched: vouchedActor,
  });
};
