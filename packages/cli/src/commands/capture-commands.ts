/** Commands about captures: what crossed a link, as a file. */
import { Option } from "commander";
import { type Host, keyOption, linkOption, profileOption } from "./options.ts";

export const addCaptureCommands = ({ program, io, ended }: Host): void => {
  program
    .command("record")
    .description("stands between a meter and whatever reads it, and writes down what passes; needs no key")
    .addOption(linkOption().makeOptionMandatory())
    .option("--listen <url>", "where the other software connects, as in simulate; it only listens where left out")
    .requiredOption("--output <file>", "the capture")
    .option("--max-size <megabytes>", "of a file, up to 60", "50")
    .option(
      "--files <n>",
      "so many files in turn, the oldest written anew; else recording ends where the file is full",
      "1",
    )
    .action(async (options: RecordOptions) =>
      ended(await (await import("./record/record-command.ts")).recordCommand(options, io)),
    );

  program
    .command("redact")
    .description(
      "a capture to give away: pseudonyms for serial numbers and ids, sealed anew with a key that is no secret",
    )
    .argument("<file>", "the capture")
    .addOption(keyOption())
    .addOption(profileOption("the device; the capture tells where left out"))
    .option("--seed <words>", "the same words give the same pseudonyms in several captures; keep them to yourself")
    .option("--output <file>", "into a file in place of standard output")
    .action(async (file: string, options: RedactOptions) =>
      ended(await (await import("./redact/redact-command.ts")).redactCommand(file, options, io)),
    );

  program
    .command("replay")
    .description("a capture of --record as a meter: it answers what was asked then as it was answered then")
    .argument("<file>", "the capture")
    .requiredOption("--listen <url>", "tcp://127.0.0.1:0 for a free port, or pty:///path")
    .addOption(keyOption())
    .action(async (file: string, options: ReplayOptions) =>
      ended(await (await import("./replay/replay-command.ts")).replayCommand(file, options, io)),
    );

  program
    .command("convert")
    .description("a capture of --record as a pcap file, which Wireshark opens")
    .argument("<file>", "the capture")
    .addOption(new Option("--to <format>", "pcap").choices(["pcap"]).default("pcap"))
    .requiredOption("--output <file>", "the file to write")
    .action(async (file: string, options: ConvertOptions) =>
      ended(await (await import("./convert/convert-command.ts")).convertCommand(file, options, io)),
    );
};

export interface RecordOptions {
  readonly link: string;
  readonly listen?: string;
  readonly output: string;
  readonly maxSize: string;
  readonly files: string;
}

export interface RedactOptions {
  readonly key?: string;
  readonly profile?: string;
  readonly seed?: string;
  readonly output?: string;
}

export interface ReplayOptions {
  readonly listen: string;
  readonly key?: string;
}

export interface ConvertOptions {
  readonly to: "pcap";
  readonly output: string;
}
