/** The options of `meterport call`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import {
  type ChangeCommandOptions,
  clientIdOption,
  jsonOption,
  keyOption,
  linkOption,
  profileOption,
  type ReadOptions,
  recordOption,
  securityOption,
  traceOption,
} from "../../options/shared-options.ts";

export interface CallCommandOptions extends Omit<ReadOptions, "link">, ChangeCommandOptions {
  readonly link?: string | undefined;
  readonly hex?: string | undefined;
  readonly unverified?: true | undefined;
}

export const addCallCommand = (
  host: Host,
  load: Load<[id: string, words: string[], options: CallCommandOptions]>,
): void => {
  describeArguments(host.command, {
    procedure: "as in EP17; meterport tables EP17 lists its parameters",
    parameters: "by name, as in action=0 deviceHandle=1016",
  });
  host.command
    .addOption(linkOption())
    .addOption(keyOption())
    .addOption(profileOption("device profile, for a meter that does not identify itself"))
    .addOption(securityOption())
    .addOption(clientIdOption())
    .addOption(recordOption())
    .addOption(traceOption())
    .option("--hex <bytes>", "the parameters as bytes, for procedures that are not declared")
    .option("--unverified", "permits EP39, which no public document describes")
    .option("--dry-run", "only shows the request that would be sent; needs no meter")
    .option("--yes", "does not ask for confirmation")
    .addOption(jsonOption())
    .action(runs(host, load));
};
