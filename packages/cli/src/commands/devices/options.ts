/** The options of `meterport devices`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { asksMeter, jsonOption, type ReadOptions } from "../../options/shared-options.ts";

export interface DevicesOptions extends ReadOptions {
  readonly find?: string | undefined;
  readonly medium?: string | undefined;
  /** The handle; true if it was omitted. */
  readonly readNow?: string | true | undefined;
}

export const addDevicesCommand = (host: Host, load: Load<[options: DevicesOptions]>): void => {
  asksMeter(host.command)
    .option("--find <serial>", "only the device with these eight digits, as printed on it")
    .option("--medium <name>", "only the device that measures this, as in gas, water, heat or hot water")
    .option(
      "--read-now [handle]",
      "has the meter read a device now instead of by its schedule; needs the advanced key (MAK), and the handle, --find or --medium",
    )
    .addOption(jsonOption())
    .action(runs(host, load));
};
