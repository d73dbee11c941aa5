/** The command line as commander parses it. */
import { Command, type CommanderError } from "commander";
import { commands } from "./commands.ts";
import { type Exit, exit } from "./io/io.ts";
import type { Host } from "./options/host.ts";
import { completeCommand } from "./options/outer-options.ts";

const afterHelp = `
If --link or --key is omitted, METERPORT_LINK or METERPORT_KEY is used.
meterport help COMMAND explains a command and shows an example.

Example:
  meterport simulate --listen tcp://127.0.0.1:4059
  meterport live --link tcp://127.0.0.1:4059 --key hex:01010101010101010101010101010101`;

/**
 * The program as commander knows it.
 *
 * @param word the first word of the command line: the options of the command that it names are loaded too
 */
export const buildProgram = async (
  version: string,
  word: string | undefined,
  host: Omit<Host, "command">,
): Promise<Command> => {
  const { stdout } = host.io;
  const program = new Command("meterport")
    .description("Reads NES / OSGP electricity meters through their MEP port, and simulates them.")
    .version(version, "-V, --version", "the version")
    .helpOption("-h, --help", "this help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    // The options are not loaded, and every command has some.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => stdout.columns,
      getOutHasColors: () => stdout.color,
    });

  for (const { usage, description, example, open } of commands) {
    const command = program.command(usage).description(description);
    // Sub-commands do not inherit these.
    command.exitOverride().helpOption("-h, --help", "this help").configureOutput(program.configureOutput());
    if (command.name() === word) {
      await open({ ...host, command });
      completeCommand({ ...host, command }, example);
    }
  }
  program.addHelpText("after", afterHelp);
  return program;
};

/** The exit code if commander itself ended the run: help and version are not failures. */
export const exitOf = (error: CommanderError): Exit => (error.exitCode === 0 ? exit.done : exit.usage);
