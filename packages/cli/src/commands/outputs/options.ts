/** The options of `meterport outputs`. */
import { addDaemonOptions, type DaemonOptions } from "../../options/ask-daemon.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";

export interface OutputsOptions extends DaemonOptions {
  readonly json?: boolean | undefined;
}

export const addOutputsCommand = (
  host: Host,
  load: Load<[action: string | undefined, name: string | undefined, options: OutputsOptions]>,
): void => {
  describeArguments(host.command, {
    action: "test, to try one now; pair, to let the next program in that asks; without it all are listed",
    name: "the output to test or to pair, as in mqtt",
  });
  addDaemonOptions(host.command).option("--json", "prints one JSON document").action(runs(host, load));
};
