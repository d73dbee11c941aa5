/** The options of `meterport recurring`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import {
  asksMeter,
  jsonLinesOption,
  meterSinceOption,
  meterZoneOption,
  type ReadOptions,
} from "../../options/shared-options.ts";

export interface RecurringCommandOptions extends ReadOptions {
  readonly since?: string | undefined;
  readonly zone?: string | undefined;
}

export const addRecurringCommand = (host: Host, load: Load<[options: RecurringCommandOptions]>): void => {
  asksMeter(host.command)
    .addOption(meterSinceOption())
    .addOption(meterZoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
