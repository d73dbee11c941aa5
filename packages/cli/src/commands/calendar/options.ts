/** The options of `meterport calendar`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, meterZoneOption, type ReadOptions } from "../../options/shared-options.ts";

export interface CalendarCommandOptions extends ReadOptions {
  readonly pending?: true | undefined;
  readonly on?: string | undefined;
  readonly zone?: string | undefined;
}

export const addCalendarCommand = (host: Host, load: Load<[options: CalendarCommandOptions]>): void => {
  asksMeter(host.command)
    .option("--pending", "the pending calendar, which is not in effect yet")
    .option(
      "--on <time>",
      "only this day or time by the meter's clock, as in 2026-01-31 or 2026-01-31T12:00; with Z in UTC",
    )
    .addOption(meterZoneOption())
    .addOption(jsonOption())
    .action(runs(host, load));
};
