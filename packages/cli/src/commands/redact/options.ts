/** The options of `meterport redact`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { keyOption, profileOption } from "../../options/shared-options.ts";

export interface RedactOptions {
  readonly key?: string | undefined;
  readonly profile?: string | undefined;
  readonly seed?: string | undefined;
  readonly output?: string | undefined;
}

export const addRedactCommand = (host: Host, load: Load<[file: string, options: RedactOptions]>): void => {
  describeArguments(host.command, { file: "the capture" });
  host.command
    .addOption(keyOption())
    .addOption(profileOption("device profile, for a capture that does not identify the device"))
    .option("--seed <words>", "the same words give the same pseudonyms in several captures; keep them secret")
    .option("--output <file>", "writes to this file instead of standard output")
    .action(runs(host, load));
};
