/** What commands get beside their own options: the link of the environment, permission to overwrite files, an example. */
import { UsageError } from "@meterport/protocol/errors";
import type { Command } from "commander";
import type { Host } from "./host.ts";
import { didYouMean } from "./nearest.ts";

const has = (command: Command, ...names: readonly string[]): boolean =>
  command.options.some(({ long }) => long !== undefined && long !== null && names.includes(long));

/** With a link it lists something else, so only an explicit --link counts. */
const readsWithoutMeter = "tables";

/** Completes a command that already has its own options. */
export const completeCommand = ({ command, io }: Host, example: string): void => {
  if (has(command, "--output", "--record", "--list")) command.option("--force", "overwrites existing files");
  if (has(command, "--link")) {
    command.option("--share", "continues even if a daemon on this machine uses the link");
    const link = io.env.METERPORT_LINK?.trim() ?? "";
    if (link !== "" && command.name() !== readsWithoutMeter) command.setOptionValueWithSource("link", link, "env");
  }
  command.addHelpText("after", `\nExample:\n  ${example}`);
};

/**
 * Looks for an option that the command does not have before reporting anything else: a user who misspells --link should
 * not be told that it is missing.
 *
 * @throws UsageError (`arguments`), which never repeats what follows the name
 */
export const checkOptions = (command: Command, words: readonly string[]): void => {
  const known = [
    ...command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long])),
    "--help",
  ];
  for (let n = 0; n < words.length; n++) {
    const [name = "", value] = (words[n] ?? "").split("=", 2);
    if (name === "--") return;
    if (!/^--./.test(name)) continue;
    const option = command.options.find(({ long }) => long === name);
    if (option === undefined && name !== "--help")
      throw new UsageError(
        "arguments",
        `unknown option ${name}${didYouMean(name, known) || `; meterport ${command.name()} --help lists them`}`,
      );
    // The option's value may look like an option.
    if (option?.required === true && value === undefined) n++;
  }
};
