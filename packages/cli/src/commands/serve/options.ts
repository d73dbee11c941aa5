/** The options of `meterport serve`. */
import { type Host, type Load, runs } from "../../options/host.ts";

export interface ServeOptions {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly pair?: true | undefined;
  readonly demo?: string | undefined;
}

export const addServeCommand = (host: Host, load: Load<[options: ServeOptions]>): void => {
  host.command
    .option("--config <file>", "the configuration; by default METERPORT_CONFIG, or meterport.yaml in the data folder")
    .option(
      "--data <folder>",
      "the folder for all stored data; by default METERPORT_DATA, or the system's standard folder",
    )
    .option("--demo <what>", "all: a simulated household with every face that listens, on this machine alone")
    .option("--pair", "logs a code with which the first user can be made on the page")
    .action(runs(host, load));
};
