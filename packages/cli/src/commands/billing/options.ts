/** The options of `meterport billing`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import {
  asksMeter,
  jsonLinesOption,
  meterSinceOption,
  meterZoneOption,
  type ReadOptions,
} from "../../options/shared-options.ts";

export interface BillingCommandOptions extends ReadOptions {
  readonly since?: string | undefined;
  readonly zone?: string | undefined;
  readonly kind?: string | undefined;
}

export const addBillingCommand = (host: Host, load: Load<[options: BillingCommandOptions]>): void => {
  asksMeter(host.command)
    .option("--kind <kind>", "only season, demand-reset, one-time-read or self-read")
    .addOption(meterSinceOption())
    .addOption(meterZoneOption())
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
