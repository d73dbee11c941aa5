/** Commands that read what a meter says now. */
import { asksMeter, type Host, jsonOption, type ReadOptions } from "./options.ts";

export const addReadingCommands = ({ program, io, ended }: Host): void => {
  asksMeter(
    program
      .command("read")
      .description("reads tables or single fields of a meter")
      .argument("<ids...>", "as in BT21, ET13.devices.4.mbusChange, or ET50.30.1 for a byte's bit"),
  )
    .addOption(jsonOption())
    .action(async (ids: string[], options: ReadOptions) =>
      ended(await (await import("./read/read-command.ts")).readCommand(ids, options, io)),
    );

  asksMeter(program.command("live").description("live readings until Ctrl-C"))
    .option("--interval <time>", "between two readings; less than 1s is more than the guide advises", "1s")
    .option("--count <n>", "ends after so many readings")
    .addOption(jsonOption())
    .action(async (options: LiveOptions) =>
      ended(await (await import("./live/live-command.ts")).liveCommand(options, io)),
    );

  asksMeter(program.command("alarms").description("the alarms that are on, of a meter and of the devices behind it"))
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./alarms/alarms-command.ts")).alarmsCommand(options, io)),
    );

  asksMeter(
    program
      .command("dump")
      .description("every table of a meter as JSON; what the key or the firmware refuses is listed"),
  )
    .option("--output <path>", "into a file, or into a folder where it ends with /: a file for each table")
    .addOption(jsonOption())
    .action(async (options: DumpOptions) =>
      ended(await (await import("./dump/dump-command.ts")).dumpCommand(options, io)),
    );
};

export interface LiveOptions extends ReadOptions {
  readonly interval: string;
  readonly count?: string;
}

export interface DumpOptions extends ReadOptions {
  readonly output?: string;
}
