/** Runs the command line in whatever world it is given. */
import { UsageError } from "@meterport/protocol/errors";
import { CommanderError } from "commander";
import own from "../package.json" with { type: "json" };
import { buildProgram, exitOf } from "./commands.ts";
import { reportFailure } from "./failure.ts";
import { type Exit, exit, type Io } from "./io/io.ts";

/**
 * Runs a command and gives its exit code: 0 done, 1 the meter or the link failed, 2 wrong usage.
 *
 * @param argv the words behind the command's name
 */
export const run = async (argv: readonly string[], io: Io): Promise<Exit> => {
  const optical = argv.some((word) => /^(--link=)?optical[+:]/i.test(word));
  const asked = { json: argv.includes("--json"), optical };
  let code: Exit = exit.done;
  const program = buildProgram(io, own.version, (ended) => {
    code = ended;
  });
  if (argv.length === 0) {
    io.stderr.write(program.helpInformation());
    return exit.usage;
  }
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(io, error, asked);
    if (exitOf(error) === exit.done) return exit.done;
    return reportFailure(io, new UsageError("arguments", sentenceOf(error)), asked);
  }
};

/** Commander's messages begin with "error: " and end with a full stop or a hint in a line of its own. */
const sentenceOf = (error: CommanderError): string => {
  const plain = error.message
    .replace(/^error: /, "")
    // What follows a misspelt option may be a key.
    .replace(/^(unknown option '[^'=]*)=.*/s, "$1'")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return plain === "(outputHelp)" ? "which command? meterport --help lists them" : plain;
};
