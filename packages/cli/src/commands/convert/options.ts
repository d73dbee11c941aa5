/** The options of `meterport convert`. */
import { Option } from "commander";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";

export interface ConvertOptions {
  readonly to: "pcap";
  readonly output: string;
}

export const addConvertCommand = (host: Host, load: Load<[file: string, options: ConvertOptions]>): void => {
  describeArguments(host.command, { file: "the capture" });
  host.command
    .addOption(new Option("--to <format>", "pcap").choices(["pcap"]).default("pcap"))
    .requiredOption("--output <file>", "the file to write")
    .action(runs(host, load));
};
