/** The options of `meterport replay`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { keyOption } from "../../options/shared-options.ts";

export interface ReplayOptions {
  readonly listen: string;
  readonly key?: string | undefined;
}

export const addReplayCommand = (host: Host, load: Load<[file: string, options: ReplayOptions]>): void => {
  describeArguments(host.command, { file: "the capture" });
  host.command
    .requiredOption("--listen <url>", "tcp://127.0.0.1:0 for a free port, or pty:///path")
    .addOption(keyOption())
    .action(runs(host, load));
};
