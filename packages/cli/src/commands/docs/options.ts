/** The options of `meterport docs`. */
import { Option } from "commander";
import { type Host, type Load, runs } from "../../options/host.ts";
import { profileOption } from "../../options/shared-options.ts";

export interface DocsOptions {
  readonly format?: "md" | "html" | undefined;
  readonly profile?: string | undefined;
  readonly output?: string | undefined;
}

export const addDocsCommand = (host: Host, load: Load<[options: DocsOptions]>): void => {
  host.command
    .addOption(new Option("--format <format>", "md, or html").choices(["md", "html"]))
    .addOption(profileOption("only what this device has; everything if omitted"))
    .option("--output <path>", "writes to this file, or to this folder if it ends with /")
    .action(runs(host, load));
};
