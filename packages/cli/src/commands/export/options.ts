/** The options of `meterport export`. */
import { Option } from "commander";
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { zoneOption } from "../../options/shared-options.ts";

export interface ExportOptions extends DataOptions {
  readonly store?: string | undefined;
  readonly point: readonly string[];
  readonly channel: readonly string[];
  readonly since: string;
  readonly until?: string | undefined;
  readonly format: "csv" | "json" | "parquet";
  readonly zone?: string | undefined;
  readonly output?: string | undefined;
}

const collected = (text: string, others: readonly string[]): readonly string[] => [...others, text];

export const addExportCommand = (host: Host, load: Load<[what: string, options: ExportOptions]>): void => {
  describeArguments(host.command, { what: "readings, intervals, registers or events" });
  addDataOptions(host.command)
    .option(
      "--store <where>",
      "a PostgreSQL database instead: postgres://user@host/database, or @file that holds this address; by default that of the configuration",
    )
    .option(
      "--point <id>",
      "only this metering point; may be repeated; by default all meters of the configuration",
      collected,
      [],
    )
    .option(
      "--channel <name>",
      "only this value of readings, channel of intervals, register or kind of event; may be repeated",
      collected,
      [],
    )
    .option("--since <when>", "7d (ago), 2026-01-31 or 2026-01-31T12:00 in the zone of --zone, with Z in UTC", "30d")
    .option("--until <when>", "in the same forms; by default now")
    .addOption(
      new Option("--format <format>", "csv, json: one document per line, or parquet: a file")
        .choices(["csv", "json", "parquet"])
        .default("csv"),
    )
    .addOption(zoneOption())
    .option("--output <file>", "writes to this file instead of standard output")
    .action(runs(host, load));
};
