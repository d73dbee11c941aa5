/** The options of `meterport status`. */
import { addDaemonOptions, type DaemonOptions } from "../../options/ask-daemon.ts";
import { type Host, type Load, runs } from "../../options/host.ts";

export interface StatusOptions extends DaemonOptions {
  readonly all?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export const addStatusCommand = (host: Host, load: Load<[options: StatusOptions]>): void => {
  addDaemonOptions(host.command)
    .option("--all", "a line for each meter; of more than 20 meters, only those that are not up are listed otherwise")
    .option("--json", "prints one JSON document")
    .action(runs(host, load));
};
