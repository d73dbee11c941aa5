/** The options of `meterport live`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export interface LiveOptions extends ReadOptions {
  readonly interval: string;
  readonly count?: string | undefined;
}

export const addLiveCommand = (host: Host, load: Load<[options: LiveOptions]>): void => {
  asksMeter(host.command)
    .option("--interval <time>", "time between two readings; below 1s asks more often than the guide advises", "1s")
    .option("--count <n>", "stops after this many readings")
    .addOption(jsonOption())
    .action(runs(host, load));
};
