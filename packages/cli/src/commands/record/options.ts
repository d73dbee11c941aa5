/** The options of `meterport record`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { linkOption } from "../../options/shared-options.ts";

export interface RecordOptions {
  readonly link: string;
  readonly listen?: string | undefined;
  readonly output: string;
  readonly maxSize: string;
  readonly files: string;
}

export const addRecordCommand = (host: Host, load: Load<[options: RecordOptions]>): void => {
  host.command
    .addOption(linkOption().makeOptionMandatory())
    .option(
      "--listen <url>",
      "where the other software connects, as in simulate; if omitted, only listens to the meter",
    )
    .requiredOption("--output <file>", "the capture")
    .option("--max-size <megabytes>", "size limit of a file, up to 60", "50")
    .option("--files <n>", "number of files, written in rotation; with 1, recording ends when the file is full", "1")
    .action(runs(host, load));
};
