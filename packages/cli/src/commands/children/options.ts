/** The options of `meterport children`. */
import { addDaemonOptions, type DaemonOptions } from "../../options/ask-daemon.ts";
import { type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption } from "../../options/shared-options.ts";

export interface ChildrenOptions extends DaemonOptions {
  readonly parent?: string | undefined;
  readonly medium?: string | undefined;
  readonly serial?: string | undefined;
  readonly json?: true | undefined;
}

export const addChildrenCommand = (host: Host, load: Load<[options: ChildrenOptions]>): void => {
  addDaemonOptions(host.command)
    .option("--parent <point>", "only those behind the meter of this point")
    .option("--medium <name>", "only those that measure this, as in water, heat or gas")
    .option("--serial <digits>", "only the one with these eight digits, as printed on it")
    .addOption(jsonOption())
    .action(runs(host, load));
};
