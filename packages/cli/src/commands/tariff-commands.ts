/** Commands that tell tariffs, demands and what hangs behind a meter. */
import { asksMeter, type Host, jsonOption, type ReadOptions } from "./options.ts";

export const addTariffCommands = ({ program, io, ended }: Host): void => {
  asksMeter(program.command("calendar").description("which tariff applies when, by the meter's own calendar"))
    .option("--pending", "the calendar that waits to take effect")
    .option("--on <time>", "only that local day or moment, as in 2026-01-31 or 2026-01-31T12:00")
    .addOption(jsonOption())
    .action(async (options: CalendarCommandOptions) =>
      ended(await (await import("../calendar/calendar-command.ts")).calendarCommand(options, io)),
    );

  asksMeter(
    program.command("tariffs").description("what each tariff has counted until now, and which one is in effect"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("../tariffs/tariffs-command.ts")).tariffsCommand(options, io)),
    );

  asksMeter(
    program
      .command("demands")
      .description("the highest and lowest averages since the latest reset, and those under way"),
  )
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("../demands/demands-command.ts")).demandsCommand(options, io)),
    );
};

export interface CalendarCommandOptions extends ReadOptions {
  readonly pending?: true;
  readonly on?: string;
}
