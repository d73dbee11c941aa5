/** The options of commands that work on the data of a daemon. */
import type { Command } from "commander";

export interface DataOptions {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
}

export const addDataOptions = (command: Command): Command =>
  command
    .option("--data <folder>", "the daemon's data folder; by default METERPORT_DATA, or the system's standard folder")
    .option("--config <file>", "the daemon's configuration, which may name the data folder");
