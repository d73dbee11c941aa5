/** The options of `meterport calendar`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, meterZoneOption, type ReadOptions } from "../../options/shared-options.ts";

export interface CalendarCommandOptions extends ReadOptions {
  readonly pending?: true;
  readonly on?: string;
  readonly zone?: string;
}

export const addCalendarCommand = (host: Host, load: Load<[options: CalendarCommandOptions]>): void => {
  asksMeter(host.command)
    .option("--pending", "the calendar that waits to take effect")
    .option("--on <time>", "only that local day or moment, as in 2026-01-31 or 2026-01-31T12:00; with Z a moment")
    .addOption(meterZoneOption())
    .addOption(jsonOption())
    .action(runs(host, load));
};
