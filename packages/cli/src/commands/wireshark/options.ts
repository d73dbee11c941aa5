/** The options of `meterport wireshark`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { profileOption } from "../../options/shared-options.ts";

export interface WiresharkOptions {
  readonly profile: string;
  readonly output?: string | undefined;
}

export const addWiresharkCommand = (host: Host, load: Load<[options: WiresharkOptions]>): void => {
  host.command
    .addOption(profileOption("profile assumed until the meter reports its firmware").default("meter:3.70"))
    .option("--output <file>", "writes to this file instead of standard output")
    .action(runs(host, load));
};
