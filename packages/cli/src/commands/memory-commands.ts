/** Commands that read what a meter remembers. */
import { Option } from "commander";
import {
  asksMeter,
  type Host,
  jsonLinesOption,
  jsonOption,
  type LogCommandOptions,
  type ReadOptions,
  zoneOption,
} from "./options.ts";

export const addMemoryCommands = ({ program, io, ended }: Host): void => {
  asksMeter(
    program
      .command("profile")
      .description("the load profile of a meter, interval by interval, oldest first, as CSV, JSON or Parquet"),
  )
    .option("--set <n>", "data set, 1 to 4", "1")
    .option("--since <when>", "7d, 2026-01-31 or 2026-01-31T12:00Z: only intervals that end after it")
    .option("--until <when>", "likewise: only intervals that end by then")
    .option(
      "--channel <channel>",
      "only this one: its index from 0, its source as in forwardActiveEnergy, or 0x4001; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--consumption", "what was used in each interval in place of the registers")
    .addOption(
      new Option("--format <format>", "csv, json: one document a line, or parquet: a file").choices([
        "csv",
        "json",
        "parquet",
      ]),
    )
    .addOption(zoneOption())
    .option("--output <file>", "into a file in place of standard output")
    .addOption(jsonLinesOption())
    .action(async (options: ProfileOptions) =>
      ended(await (await import("./profile/profile-command.ts")).profileCommand(options, io)),
    );

  asksMeter(program.command("events").description("the event logs of a meter as one list, oldest first"))
    .option("--since <when>", "7d, 2026-01-31T12:00Z, or the number of the last event that is known")
    .option("--newest-first", "the other way round")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(async (options: EventsCommandOptions) =>
      ended(await (await import("./events/events-command.ts")).eventsCommand(options, io)),
    );

  asksMeter(program.command("outages").description("when a meter was without power, newest first"))
    .option("--since <when>", "7d, 2026-01-31 or 2026-01-31T12:00Z")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(async (options: LogCommandOptions) =>
      ended(await (await import("./outages/outages-command.ts")).outagesCommand(options, io)),
    );

  asksMeter(
    program
      .command("quality")
      .description("sags, surges, distortion and what else a meter counts of bad power, and how it is now"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./quality/quality-command.ts")).qualityCommand(options, io)),
    );

  asksMeter(
    program
      .command("billing")
      .description("the copies of its registers that a meter keeps: last season, demand resets, self-reads"),
  )
    .option("--kind <kind>", "only season, demand-reset, one-time-read or self-read")
    .option("--since <time>", "3d, or by the meter's own clock, as in 2026-01-31")
    .addOption(jsonLinesOption())
    .action(async (options: BillingCommandOptions) =>
      ended(await (await import("./billing/billing-command.ts")).billingCommand(options, io)),
    );
};

export interface EventsCommandOptions extends LogCommandOptions {
  readonly newestFirst?: true;
}

export interface BillingCommandOptions extends ReadOptions {
  readonly since?: string;
  readonly kind?: string;
}

export interface ProfileOptions extends ReadOptions {
  readonly set: string;
  readonly since?: string;
  readonly until?: string;
  readonly channel: readonly string[];
  readonly consumption?: true;
  readonly format?: "csv" | "json" | "parquet";
  readonly zone?: string;
  readonly output?: string;
}
