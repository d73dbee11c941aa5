/** The options of `meterport read`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export const addReadCommand = (host: Host, load: Load<[ids: string[], options: ReadOptions]>): void => {
  describeArguments(host.command, { ids: "as in BT21, ET13.devices.4.mbusChange, or ET50.30.1 for bit 1 of byte 30" });
  asksMeter(host.command).addOption(jsonOption()).action(runs(host, load));
};
