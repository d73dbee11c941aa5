/** The options of `meterport devices`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export const addDevicesCommand = (host: Host, load: Load<[options: ReadOptions]>): void => {
  asksMeter(host.command).addOption(jsonOption()).action(runs(host, load));
};
