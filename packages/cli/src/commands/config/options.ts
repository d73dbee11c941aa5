/** The options of `meterport config`. */
import { Argument } from "commander";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";

const configActions = ["check", "example", "schema", "seal", "import", "migrate"] as const;
export type ConfigAction = (typeof configActions)[number];

export interface ConfigOptions {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly json?: true | undefined;
}

export const addConfigCommand = (
  host: Host,
  load: Load<[action: ConfigAction, file: string | undefined, options: ConfigOptions]>,
): void => {
  describeArguments(host.command, {
    action:
      "check: reads the configuration as the gateway would; example: prints every key with its description; schema: prints a JSON Schema for editors; seal: encrypts a key from standard input; import: adds and changes meters from a CSV file; migrate: brings an old file up to date",
    file: "the CSV file of import, or - for standard input",
  });
  const [action] = host.command.registeredArguments;
  if (action instanceof Argument) action.choices(configActions);
  host.command
    .option("--config <file>", "the configuration; by default METERPORT_CONFIG, or meterport.yaml in the data folder")
    .option("--data <folder>", "the data folder; by default METERPORT_DATA, or the system's standard folder")
    .option("--dry-run", "import and migrate: prints what would change, and writes nothing")
    .option("--json", "check, seal, import and migrate: one JSON document on standard output")
    .action(runs(host, load));
};
