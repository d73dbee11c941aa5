/** What a command is registered with. */
import type { Command } from "commander";
import type { Exit, Io } from "../io/io.ts";

/** The command, with its listed name, arguments and description; `ended` takes the exit code of its run. */
export interface Host {
  readonly command: Command;
  readonly io: Io;
  readonly ended: (code: Exit) => void;
}

/** Describes the command's arguments in its help, by the names in its usage. */
export const describeArguments = (command: Command, words: Readonly<Record<string, string>>): void => {
  for (const argument of command.registeredArguments) argument.description = words[argument.name()] ?? "";
};

/** What a command does with its arguments and options. */
export type Run<Words extends readonly unknown[]> = (...words: [...Words, Io]) => Promise<Exit>;

/** Imports a command's run part when it runs, so that a start does not load it. */
export type Load<Words extends readonly unknown[]> = () => Promise<Run<Words>>;

/**
 * The action of a command, for commander.
 *
 * @param load its run part, which takes the arguments, the options and the world
 */
export const runs =
  <Words extends readonly unknown[]>({ io, ended }: Host, load: Load<Words>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Commander appends the command itself.
    const words = given.slice(0, -1) as unknown as Words;
    const command = await load();
    ended(await command(...words, io));
  };
