/** `meterport token`: tokens with which programs use the gateway's API. */
import type { AccessBook } from "@meterport/gateway/access/access-book";
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { openAccessBook } from "../../options/access-book.ts";
import { checkedAction } from "../../options/entry-options.ts";
import type { TokenOptions } from "./options.ts";

const day: Millis = 86_400_000;

const lifeOf = (text: string | undefined): Millis | undefined => {
  if (text === undefined) return undefined;
  const life = parseDuration(text);
  if (life !== undefined && life >= 60_000 && life <= 3_650 * day) return life;
  throw new UsageError(
    "duration",
    `--expires "${text.slice(0, 40)}" ${life === undefined ? "is not a length of time" : "must be from 1min to 3650d"}; write 90d or 12h`,
  );
};

const list = (book: AccessBook, json: boolean, io: Io): void => {
  const tokens = book.tokens();
  if (json) print(io, toJson(tokens));
  else if (tokens.length === 0) say(io, `there is no token in ${book.path}; meterport token add NAME makes one`);
  else {
    const rows = tokens.map(({ name, scope, created, used, expires }) => {
      const over = expires !== null && Date.parse(expires) <= io.clock.wall();
      return [
        name,
        scope,
        created.slice(0, 10),
        used?.slice(0, 10) ?? "never",
        `${expires ?? "never"}${over ? " (expired)" : ""}`,
      ];
    });
    const head = ["name", "scope", "made", "last used", "expires"];
    io.stdout.write(alignedTable([head, ...rows], { head: true, width: io.stdout.columns }));
  }
};

const add = (book: AccessBook, name: string, { scope = "read", expires, json }: TokenOptions, io: Io): void => {
  const { token, entry } = book.addToken(name, scope, lifeOf(expires));
  if (json === true) {
    print(io, toJson({ ...entry, token }));
    return;
  }
  // Alone on standard output, so that a script can take it.
  io.stdout.write(`${token}\n`);
  const until = entry.expires === null ? "" : ` until ${entry.expires}`;
  say(io, `token ${entry.name} has the right ${entry.scope}${until}; this is the only time that it is shown`);
};

/** @throws UsageError with a sentence that never holds a token */
export const tokenCommand = async (
  action: string,
  name: string | undefined,
  options: TokenOptions,
  io: Io,
): Promise<Exit> => {
  const asked = checkedAction("token", ["add", "list", "remove"], action, name);
  const book = await openAccessBook(options, io);
  if (asked.action === "list") list(book, options.json === true, io);
  else if (asked.action === "add") add(book, asked.name, options, io);
  else {
    book.removeToken(asked.name);
    if (options.json === true) print(io, toJson({ removed: asked.name }));
    else say(io, `token ${asked.name} is removed: within a second it opens nothing`);
  }
  return exit.done;
};
