/** The options of `meterport dump`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export interface DumpOptions extends ReadOptions {
  readonly output?: string | undefined;
}

export const addDumpCommand = (host: Host, load: Load<[options: DumpOptions]>): void => {
  asksMeter(host.command)
    .option("--output <path>", "writes to this file, or to this folder if it ends with /: one file per table")
    .addOption(jsonOption())
    .action(runs(host, load));
};
