/** The options of `meterport completeness`. */
import { addDaemonOptions, type DaemonOptions } from "../../options/ask-daemon.ts";
import { type Host, type Load, runs } from "../../options/host.ts";

export interface CompletenessOptions extends DaemonOptions {
  readonly month?: string | undefined;
  readonly channel?: string | undefined;
  readonly below?: string | undefined;
  readonly all?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly csv?: boolean | undefined;
}

export const addCompletenessCommand = (host: Host, load: Load<[options: CompletenessOptions]>): void => {
  addDaemonOptions(host.command)
    .option("--month <month>", "a month such as 2026-11, or a day such as 2026-11-30; by default the present month")
    .option("--channel <name>", "what is counted; energy_import_wh by default")
    .option("--below <percent>", "only points with less than this; if there are any, the exit code is 1")
    .option("--all", "all points; by default the worst 50")
    .option("--json", "prints one JSON document")
    .option("--csv", "prints a line of CSV for each point")
    .action(runs(host, load));
};
