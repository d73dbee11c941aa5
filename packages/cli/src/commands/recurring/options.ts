/** The options of `meterport recurring`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, meterZoneOption, type ReadOptions } from "../../options/shared-options.ts";

export interface RecurringCommandOptions extends ReadOptions {
  readonly since?: string | undefined;
  readonly zone?: string | undefined;
}

export const addRecurringCommand = (host: Host, load: Load<[options: RecurringCommandOptions]>): void => {
  asksMeter(host.command)
    .option(
      "--since <time>",
      "3d (ago), or a time by the meter's clock, as in 2026-01-31 or 2026-01-31T12:00; with Z in UTC",
    )
    .addOption(meterZoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
