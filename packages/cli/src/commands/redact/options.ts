/** The options of `meterport redact`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { keyOption, profileOption } from "../../options/shared-options.ts";

export interface RedactOptions {
  readonly key?: string;
  readonly profile?: string;
  readonly seed?: string;
  readonly output?: string;
}

export const addRedactCommand = (host: Host, load: Load<[file: string, options: RedactOptions]>): void => {
  describeArguments(host.command, { file: "the capture" });
  host.command
    .addOption(keyOption())
    .addOption(profileOption("the device, for a capture that does not tell"))
    .option("--seed <words>", "the same words give the same pseudonyms in several captures; keep them to yourself")
    .option("--output <file>", "into a file in place of standard output")
    .action(runs(host, load));
};
