/** Commands that tell tariffs, demands and what hangs behind a meter. */
import { asksMeter, type Host, jsonLinesOption, jsonOption, type ReadOptions } from "./options.ts";

export const addTariffCommands = ({ program, io, ended }: Host): void => {
  asksMeter(program.command("calendar").description("which tariff applies when, by the meter's own calendar"))
    .option("--pending", "the calendar that waits to take effect")
    .option("--on <time>", "only that local day or moment, as in 2026-01-31 or 2026-01-31T12:00")
    .addOption(jsonOption())
    .action(async (options: CalendarCommandOptions) =>
      ended(await (await import("./calendar/calendar-command.ts")).calendarCommand(options, io)),
    );

  asksMeter(
    program.command("tariffs").description("what each tariff has counted until now, and which one is in effect"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./tariffs/tariffs-command.ts")).tariffsCommand(options, io)),
    );

  asksMeter(
    program
      .command("demands")
      .description("the highest and lowest averages since the latest reset, and those under way"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./demands/demands-command.ts")).demandsCommand(options, io)),
    );

  asksMeter(
    program
      .command("devices")
      .description("the M-Bus meters and MEP clients behind a meter, and what was last read from them"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./devices/devices-command.ts")).devicesCommand(options, io)),
    );

  asksMeter(
    program
      .command("recurring")
      .description("the scheduled reads of devices that a meter keeps for the head-end, newest first"),
  )
    .option("--since <time>", "3d, or by the meter's own clock, as in 2026-01-31")
    .addOption(jsonLinesOption())
    .action(async (options: RecurringCommandOptions) =>
      ended(await (await import("./recurring/recurring-command.ts")).recurringCommand(options, io)),
    );
};

export interface RecurringCommandOptions extends ReadOptions {
  readonly since?: string;
}

export interface CalendarCommandOptions extends ReadOptions {
  readonly pending?: true;
  readonly on?: string;
}
