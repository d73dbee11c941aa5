/** Runs the command line in a given world. */
import { readFileSync } from "node:fs";
import { UsageError } from "@meterport/protocol/errors";
import { keyHider } from "@meterport/protocol/key-hiding";
import { CommanderError } from "commander";
import { commands } from "./commands.ts";
import { edgeOf } from "./edge.ts";
import type { Asked } from "./failure/failure.ts";
import { type Exit, exit, type Io, type RawIo } from "./io/io.ts";
import { checkOptions } from "./options/outer-options.ts";
import { withTraceDetail } from "./options/shared-options.ts";
import { buildProgram, exitOf } from "./program.ts";

/** "help live" is the same as "live --help". */
const withoutHelp = ([first, command, ...more]: readonly string[]): readonly string[] => {
  if (first !== "help") return [first, command, ...more].filter((word) => word !== undefined);
  if (command === undefined) return ["--help"];
  const known = commands.some(({ usage }) => usage.split(" ", 1)[0] === command);
  return known ? [command, "--help"] : [command];
};

const ownVersion = (): string => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};

/**
 * Runs a command and gives its exit code: 0 done, 1 the meter or the link failed, 2 wrong usage.
 *
 * @param words the words after the command's name
 */
export const run = async (words: readonly string[], raw: RawIo): Promise<Exit> => {
  const argv = withoutHelp(words);
  const io = edgeOf(raw, {
    hide: keyHider([...argv, ...givenInEnvironment(raw.env)]),
    force: argv.includes("--force"),
    share: argv.includes("--share"),
  });
  const links = [...argv, `--link=${io.env.METERPORT_LINK ?? ""}`];
  const optical = links.some((word) => /^(--link=)?optical[+:]/i.test(word));
  const asked: Asked = { json: argv.includes("--json"), optical };
  let code: Exit = exit.done;
  const program = await buildProgram(ownVersion(), argv[0], {
    io,
    ended: (ended) => {
      code = ended;
    },
  });
  if (argv.length === 0) {
    io.stderr.write(program.helpInformation());
    return exit.usage;
  }
  const report = async (error: unknown): Promise<Exit> =>
    (await import("./failure/failure.ts")).reportFailure(io, error, asked);
  try {
    const command = program.commands.find((known) => known.name() === argv[0]);
    if (command !== undefined) checkOptions(command, argv.slice(1));
    await program.parseAsync(withTraceDetail(argv), { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return await report(error);
    if (exitOf(error) === exit.done) return exit.done;
    return await report(new UsageError("arguments", sentenceOf(error)));
  }
};

/** METERPORT_KEY is the right place for a key, and no sentence quotes it; a file name is quoted. */
const givenInEnvironment = (env: Io["env"]): string[] =>
  Object.entries(env).flatMap(([name, value = ""]) =>
    name.startsWith("METERPORT_") && (name !== "METERPORT_KEY" || value.trim().startsWith("@")) ? [value] : [],
  );

/** Commander's messages begin with "error: " and end with a full stop or a hint in a line of its own. */
const sentenceOf = (error: CommanderError): string => {
  const plain = error.message
    .replace(/^error: /, "")
    // The word after a misspelt option may be a key.
    .replace(/^(unknown option '[^'=]*)=.*/s, "$1'")
    .replace(/\s*\n\s*/g, " ")
    .replace(
      /^required option '--link <url>' not specified$/,
      "a link is needed: give --link URL, or set METERPORT_LINK",
    )
    .trim();
  return plain === "(outputHelp)" ? "which command? meterport --help lists them" : plain;
};
