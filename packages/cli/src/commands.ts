/** The commands with their options, as commander knows them; what they do is imported when one is run. */
import { Command, type CommanderError } from "commander";
import { addCaptureCommands } from "./commands/capture-commands.ts";
import { addChangingCommands } from "./commands/changing-commands.ts";
import { addLineCommands } from "./commands/line-commands.ts";
import { addMemoryCommands } from "./commands/memory-commands.ts";
import { addReadingCommands } from "./commands/reading-commands.ts";
import { addReferenceCommands } from "./commands/reference-commands.ts";
import { addTariffCommands } from "./commands/tariff-commands.ts";
import { type Exit, exit, type Io } from "./io/io.ts";

/** The program; `ended` takes the exit code of the command that ran. */
export const buildProgram = (io: Io, version: string, ended: (code: Exit) => void): Command => {
  const program = new Command("meterport")
    .description("Reads NES / OSGP electricity meters through their MEP port, and plays one.")
    .version(version, "-V, --version", "the version")
    .helpOption("-h, --help", "this help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => io.stdout.columns,
      getOutHasColors: () => io.stdout.color,
    });

  const host = { program, io, ended };
  addReadingCommands(host);
  addMemoryCommands(host);
  addTariffCommands(host);
  addChangingCommands(host);
  addLineCommands(host);
  addCaptureCommands(host);
  addReferenceCommands(host);

  // Sub-commands do not inherit these.
  for (const command of program.commands)
    command.exitOverride().helpOption("-h, --help", "this help").configureOutput(program.configureOutput());
  return program;
};

/** What commander itself ended with: help and version are no failure. */
export const exitOf = (error: CommanderError): Exit => (error.exitCode === 0 ? exit.done : exit.usage);
