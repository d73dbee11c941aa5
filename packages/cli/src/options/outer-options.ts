/** What commands get from the outside of their own options: the link of the environment, leave to write over files, an example. */
import { UsageError } from "@meterport/protocol/errors";
import type { Command } from "commander";
import type { Host } from "./host.ts";
import { didYouMean } from "./nearest.ts";

const has = (command: Command, ...names: readonly string[]): boolean =>
  command.options.some(({ long }) => long !== undefined && long !== null && names.includes(long));

/** With a link it lists another thing, so only somebody who asks for that gets it. */
const readsWithoutMeter = "tables";

/** Completes a command whose own options are there. */
export const completeCommand = ({ command, io }: Host, example: string): void => {
  if (has(command, "--output", "--record")) command.option("--force", "writes over files that are there");
  if (has(command, "--link")) {
    command.option("--share", "goes on though a daemon on this machine uses the link");
    const link = io.env.METERPORT_LINK?.trim() ?? "";
    if (link !== "" && command.name() !== readsWithoutMeter) command.setOptionValueWithSource("link", link, "env");
  }
  command.addHelpText("after", `\nExample:\n  ${example}`);
};

/**
 * Looks for an option that the command does not have, before anything else is complained of: who misspells --link should
 * not be told that it is missing.
 *
 * @throws UsageError (`arguments`), which never repeats what stands behind the name
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
    // Its value may look like an option.
    if (option?.required === true && value === undefined) n++;
  }
};
