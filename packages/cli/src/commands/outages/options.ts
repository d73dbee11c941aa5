/** The options of `meterport outages`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, type LogCommandOptions, zoneOption } from "../../options/shared-options.ts";

export const addOutagesCommand = (host: Host, load: Load<[options: LogCommandOptions]>): void => {
  asksMeter(host.command)
    .option("--since <when>", "7d (ago), 2026-01-31 or 2026-01-31T12:00 in the zone of --zone; with Z in UTC")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
