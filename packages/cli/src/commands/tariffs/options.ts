/** The options of `meterport tariffs`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export const addTariffsCommand = (host: Host, load: Load<[options: ReadOptions]>): void => {
  asksMeter(host.command).addOption(jsonOption()).action(runs(host, load));
};
