/** The options of `meterport recurring`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, type ReadOptions } from "../../options/shared-options.ts";

export interface RecurringCommandOptions extends ReadOptions {
  readonly since?: string;
}

export const addRecurringCommand = (host: Host, load: Load<[options: RecurringCommandOptions]>): void => {
  asksMeter(host.command)
    .option("--since <time>", "3d, or by the meter's own clock, as in 2026-01-31")
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
