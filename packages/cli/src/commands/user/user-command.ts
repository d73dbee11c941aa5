/** `meterport user`: people who may sign in on the gateway's page. */
import type { AccessBook } from "@meterport/gateway/access/access-book";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { openAccessBook } from "../../options/access-book.ts";
import { checkedAction } from "../../options/entry-options.ts";
import type { UserOptions } from "./options.ts";

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

/** Never from the command line, which other users of the machine can read. */
const passwordFrom = async (file: string | undefined, name: string, io: Io): Promise<string> => {
  if (file !== undefined) return firstLine(file === "-" ? await io.readStdin() : io.readFile(file));
  const password = await io.askSecret(`Password of ${name} (at least 10 characters)`);
  if (password === undefined)
    throw new UsageError(
      "password",
      "no password was typed, or there is no terminal to type it: give --password-file FILE, or --password-file - for standard input",
    );
  if ((await io.askSecret("The same again")) === password) return password;
  throw new UsageError("password", "the two passwords differ, so nothing was changed: try again");
};

const list = (book: AccessBook, json: boolean, io: Io): void => {
  const users = book.users();
  if (json) print(io, toJson(users));
  else if (users.length === 0) say(io, `there is no user in ${book.path}; meterport user add NAME makes one`);
  else {
    const rows = users.map(({ name, scope, created }) => [name, scope, created.slice(0, 10)]);
    io.stdout.write(alignedTable([["name", "scope", "made"], ...rows], { head: true, width: io.stdout.columns }));
  }
};

/** @throws UsageError with a sentence that never holds a password */
export const userCommand = async (
  action: string,
  name: string | undefined,
  options: UserOptions,
  io: Io,
): Promise<Exit> => {
  const asked = checkedAction("user", ["add", "list", "scope", "passwd", "remove"], action, name);
  if (options.scope !== undefined && asked.action !== "add" && asked.action !== "scope")
    throw new UsageError(
      "arguments",
      `meterport user ${asked.action} takes no --scope: meterport user scope NAME --scope ${options.scope} changes what somebody may do`,
    );
  const { passwordFile, json } = options;
  const book = await openAccessBook(options, io);
  const done = (document: object, sentence: string): void =>
    json === true ? print(io, toJson(document)) : say(io, sentence);
  if (asked.action === "list") list(book, json === true, io);
  else if (asked.action === "add") {
    const scope = options.scope ?? (book.users().length === 0 ? "admin" : "read");
    const entry = await book.addUser(asked.name, await passwordFrom(passwordFile, asked.name, io), scope);
    done(entry, `${entry.name} may sign in, and has the right ${entry.scope}`);
  } else if (asked.action === "scope") {
    if (options.scope === undefined)
      throw new UsageError("arguments", "give the new right: meterport user scope NAME --scope read, operate or admin");
    const entry = book.setScope(asked.name, options.scope);
    done(entry, `${entry.name} has the right ${entry.scope} now, also where they are signed in already`);
  } else if (asked.action === "passwd") {
    await book.setPassword(asked.name, await passwordFrom(passwordFile, asked.name, io));
    done({ changed: asked.name }, `the password of ${asked.name} is changed, and all sessions with the old one end`);
  } else {
    book.removeUser(asked.name);
    const last =
      book.users().length === 0 ? "; nobody is left who may sign in: meterport user add NAME makes a user" : "";
    done({ removed: asked.name }, `${asked.name} is removed, and all of their sessions end${last}`);
  }
  return exit.done;
};
