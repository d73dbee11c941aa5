/** The options of `meterport events`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, type LogCommandOptions, zoneOption } from "../../options/shared-options.ts";

export interface EventsCommandOptions extends LogCommandOptions {
  readonly newestFirst?: true;
}

export const addEventsCommand = (host: Host, load: Load<[options: EventsCommandOptions]>): void => {
  asksMeter(host.command)
    .option(
      "--since <when>",
      "7d, 2026-01-31 or 2026-01-31T12:00 in the zone of --zone, with Z in UTC, or the number of the last event that is known",
    )
    .option("--newest-first", "the other way round")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
