/** The options of `meterport tables`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption, type MeterOptions, mayAskMeter } from "../../options/shared-options.ts";

export interface TablesOptions extends Omit<MeterOptions, "link"> {
  readonly link?: string | undefined;
  readonly json?: true | undefined;
}

export const addTablesCommand = (host: Host, load: Load<[ids: string[], options: TablesOptions]>): void => {
  describeArguments(host.command, { ids: "tables or procedures, as in ET13" });
  mayAskMeter(host.command, {
    link: "lists what this meter has, as the meter reports it",
    profile: "the device; if omitted, meter:3.70, or with --link what the meter reports",
  })
    .addOption(jsonOption())
    .action(runs(host, load));
};
