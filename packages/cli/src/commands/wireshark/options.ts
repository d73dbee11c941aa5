/** The options of `meterport wireshark`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { profileOption } from "../../options/shared-options.ts";

export interface WiresharkOptions {
  readonly profile: string;
  readonly output?: string;
}

export const addWiresharkCommand = (host: Host, load: Load<[options: WiresharkOptions]>): void => {
  host.command
    .addOption(profileOption("what a meter is taken for until it says its firmware").default("meter:3.70"))
    .option("--output <file>", "into a file in place of standard output")
    .action(runs(host, load));
};
