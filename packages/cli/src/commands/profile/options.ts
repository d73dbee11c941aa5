/** The options of `meterport profile`. */
import { Option } from "commander";
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonLinesOption, type ReadOptions, zoneOption } from "../../options/shared-options.ts";

export interface ProfileOptions extends ReadOptions {
  readonly set: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly channel: readonly string[];
  readonly consumption?: true | undefined;
  readonly format?: "csv" | "json" | "parquet" | undefined;
  readonly zone?: string | undefined;
  readonly output?: string | undefined;
}

export const addProfileCommand = (host: Host, load: Load<[options: ProfileOptions]>): void => {
  asksMeter(host.command)
    .option("--set <n>", "data set, 1 to 4", "1")
    .option(
      "--since <when>",
      "7d (ago), 2026-01-31 or 2026-01-31T12:00 in the zone of --zone, with Z in UTC: only intervals that end after it",
    )
    .option("--until <when>", "in the same forms: only intervals that end by then")
    .option(
      "--channel <channel>",
      "only this channel: its index from 0, its source as in forwardActiveEnergy, or 0x4001; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--consumption", "consumption in each interval instead of register values")
    .addOption(
      new Option("--format <format>", "csv, json: one document per line, or parquet: a file").choices([
        "csv",
        "json",
        "parquet",
      ]),
    )
    .addOption(zoneOption())
    .option("--output <file>", "writes to this file instead of standard output")
    .addOption(jsonLinesOption())
    .action(runs(host, load));
};
