/** The options of `meterport write`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, type ChangeCommandOptions, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export interface WriteCommandOptions extends ReadOptions, ChangeCommandOptions {
  readonly transaction?: true | undefined;
}

export const addWriteCommand = (host: Host, load: Load<[words: string[], options: WriteCommandOptions]>): void => {
  describeArguments(host.command, {
    assignments: "as in ET51.clients.0.healthTimeout=30, or ET50.30.1=true for bit 1 of byte 30",
  });
  asksMeter(host.command)
    .option("--dry-run", "only shows the requests that would be sent")
    .option("--transaction", "all tables at once, or none")
    .option("--yes", "does not ask for confirmation")
    .addOption(jsonOption())
    .action(runs(host, load));
};
