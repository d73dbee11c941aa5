/** The options of `meterport tables`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption, profileOption } from "../../options/shared-options.ts";

export interface TablesOptions {
  readonly profile: string;
  readonly json?: true;
}

export const addTablesCommand = (host: Host, load: Load<[ids: string[], options: TablesOptions]>): void => {
  describeArguments(host.command, { ids: "tables or procedures, as in ET13" });
  host.command
    .addOption(profileOption("the device").default("meter:3.70"))
    .addOption(jsonOption())
    .action(runs(host, load));
};
