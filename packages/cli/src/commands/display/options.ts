/** The options of `meterport display`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, type ChangeCommandOptions, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export interface DisplayCommandOptions extends ReadOptions, ChangeCommandOptions {
  readonly value: readonly string[];
  readonly icons?: string | undefined;
}

export const addDisplayCommand = (host: Host, load: Load<[options: DisplayCommandOptions]>): void => {
  asksMeter(host.command)
    .option(
      "--value <place=number>",
      "the number at a place, counted from 0, as in 0=12345; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--icons <names>", "icons beside these values, as in kWh,minus; none for no icon")
    .option("--dry-run", "only shows the requests that would be sent")
    .option("--yes", "does not ask for confirmation")
    .addOption(jsonOption())
    .action(runs(host, load));
};
