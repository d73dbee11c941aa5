/** The options of `meterport events`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, type LogCommandOptions, zoneOption } from "../../options/shared-options.ts";

export interface EventsCommandOptions extends LogCommandOptions {
  readonly newestFirst?: true | undefined;
}

export const addEventsCommand = (host: Host, load: Load<[options: EventsCommandOptions]>): void => {
  asksMeter(host.command)
    .option(
      "--since <when>",
      "7d (ago), 2026-01-31 or 2026-01-31T12:00 in the zone of --zone, with Z in UTC, or the number of the last known event",
    )
    .option("--newest-first", "newest events first")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
