/** The options of `meterport restore`. */
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";

export interface RestoreOptions extends DataOptions {
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export const addRestoreCommand = (host: Host, load: Load<[folder: string, options: RestoreOptions]>): void => {
  describeArguments(host.command, { folder: "a folder that meterport backup has made" });
  addDataOptions(host.command)
    .option("--yes", "does not ask")
    .option("--json", "prints one JSON document")
    .action(runs(host, load));
};
