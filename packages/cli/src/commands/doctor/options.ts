/** The options of `meterport doctor`. */
import { Option } from "commander";
import { type Host, type Load, runs } from "../../options/host.ts";
import {
  clientIdOption,
  jsonOption,
  keyOption,
  linkOption,
  type MeterOptions,
  recordOption,
  securityOption,
  traceOption,
} from "../../options/shared-options.ts";

export interface DoctorOptions extends Omit<MeterOptions, "profile"> {
  readonly format?: "text" | "html" | "json" | undefined;
  readonly language?: "en" | "da" | "de" | undefined;
  readonly output?: string | undefined;
  readonly json?: true | undefined;
}

export const addDoctorCommand = (host: Host, load: Load<[options: DoctorOptions]>): void => {
  host.command
    .addOption(linkOption().makeOptionMandatory())
    .addOption(keyOption())
    .addOption(securityOption())
    .addOption(clientIdOption())
    .addOption(recordOption())
    .addOption(traceOption())
    .addOption(
      new Option("--format <format>", "text, html: a page to attach to a report, or json").choices([
        "text",
        "html",
        "json",
      ]),
    )
    .addOption(
      new Option("--language <language>", "en, da or de; default: the environment's language").choices([
        "en",
        "da",
        "de",
      ]),
    )
    .option("--output <file>", "writes to this file instead of standard output")
    .addOption(jsonOption())
    .action(runs(host, load));
};
