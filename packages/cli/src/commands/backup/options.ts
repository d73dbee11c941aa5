/** The options of `meterport backup`. */
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";

export interface BackupOptions extends DataOptions {
  readonly json?: boolean | undefined;
}

export const addBackupCommand = (host: Host, load: Load<[folder: string, options: BackupOptions]>): void => {
  describeArguments(host.command, { folder: "a new folder, or an empty one" });
  addDataOptions(host.command).option("--json", "prints one JSON document").action(runs(host, load));
};
