/** `meterport fleet init`: the fleet's tables, its key, and logins for its roles. */
import { dirname, join } from "node:path";
import type { Fleet, InitReport } from "@meterport/fleet/administration";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type FleetTools, type Io, print, say } from "../../io/io.ts";
import { parseFleetKey, withDatabase } from "./fleet-access.ts";
import type { FleetOptions } from "./options.ts";

const usualKeyFile = "fleet.key";
const mostShards = 4_096;
const longestName = 100;

const shardsOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const shards = Number(text);
  if (!/^\d+$/.test(text) || shards < 1 || shards > mostShards)
    throw new UsageError("arguments", `--shards must be a whole number from 1 to ${mostShards}`);
  return shards;
};

/** Whether a file of this name is there. */
const isThere = (path: string, io: Io): boolean => {
  try {
    io.checkNew(path);
    return false;
  } catch (error) {
    if (error instanceof UsageError && error.code === "exists") return true;
    throw error;
  }
};

/** A new file that only its owner can read. */
export const writeFile = (path: string, text: string, io: Io): void => {
  const file = io.createFile(path);
  file.write(`${text}\n`);
  file.close();
};

/** The key in a file, which is made if it is missing. */
export const keyIn = (path: string, tools: FleetTools, io: Io): { readonly key: Secret; readonly made: boolean } => {
  if (isThere(path, io)) return { key: parseFleetKey(io.readFile(path), path), made: false };
  const key = tools.newFleetKey(io.entropy);
  writeFile(path, tools.keyText(key), io);
  return { key, made: true };
};

/** A login may be missing while the file with its address is there: after a restore on another server, for example. */
const checkFree = (login: string, file: string, io: Io): void => {
  if (isThere(file, io))
    throw new UsageError(
      "exists",
      `the server has no login ${login}, but its address would be written to ${file}, which exists: move that file away and run this again; no login was made`,
    );
};

/** The address with another user and password. */
const urlFor = (connection: string, schema: string, user: string, password: string): string => {
  const [address = "", query] = connection.split("?");
  const rest = address.replace(/^([a-z]+:\/\/)([^@/]*@)?/i, "");
  const scheme = /^[a-z]+:\/\//i.exec(address)?.[0] ?? "postgres://";
  const others = new URLSearchParams(query);
  // The driver's own form of the schema.
  others.delete("options");
  others.set("schema", schema);
  return `${scheme}${user}:${password}@${rest}?${others}`;
};

const sectionOf = (fleet: Fleet, keyFile: string, databaseFile: string | undefined): string =>
  [
    "fleet:",
    `  id: ${fleet.id}`,
    databaseFile === undefined
      ? "  database: '@FILE'  # a file with the address of the database"
      : `  database: '@${databaseFile}'`,
    `  key: '@${keyFile}'  # for processes with the role read only`,
  ].join("\n");

const tell = (report: InitReport, files: readonly (readonly [string, string])[], keyFile: string, io: Io): void => {
  const { fleet, made, version } = report;
  say(
    io,
    `the fleet "${fleet.name}" ${made ? "is made" : "is there"}, with ${fleet.shards} shards; its tables have version ${version}`,
  );
  for (const [login, file] of files) say(io, `the login ${login} is new; its address is in ${file}, and nowhere else`);
  for (const { login, password } of report.logins)
    if (password === undefined) say(io, `the login ${login} keeps its password, and has the rights of this version`);
  const read = files.find(([login]) => login.endsWith("_read"))?.[1];
  io.stdout.write(`${sectionOf(fleet, keyFile, read)}\n`);
};

export const initFleet = (name: string, options: FleetOptions, io: Io): Promise<Exit> => {
  const shards = shardsOf(options.shards);
  if (name.length > longestName)
    throw new UsageError(
      "arguments",
      `the name of the fleet has ${name.length} characters; the limit is ${longestName}`,
    );
  const keyFile = options.keyFile ?? usualKeyFile;
  return withDatabase(options, io, async (tools, database) => {
    const { place } = database;
    let files: readonly (readonly [login: string, file: string])[] = [];
    const report = await tools.initFleet(database, {
      ...{ name: name === "" ? "Fleet" : name, shards, who: io.operator(), clock: io.clock, entropy: io.entropy },
      roles: options.roles === true ? place.schema : options.roles,
      key: async (_, hasKey) => {
        // Its key is elsewhere, and a new one would not be the fleet's.
        if (hasKey && !isThere(keyFile, io)) return undefined;
        const { key, made } = keyIn(keyFile, tools, io);
        if (made) say(io, `${keyFile} is new and opens the keys of all meters: keep a copy of it in a safe place`);
        return key;
      },
      keepLogins: (logins) => {
        const fresh = logins.flatMap(({ login, password }) =>
          password === undefined
            ? []
            : [{ login, password, file: join(dirname(keyFile), `${login}.database`) } as const],
        );
        for (const { login, file } of fresh) checkFree(login, file, io);
        for (const { login, password, file } of fresh)
          writeFile(file, urlFor(place.connection, place.schema, login, password), io);
        files = fresh.map(({ login, file }) => [login, file]);
      },
    });
    if (options.json === true) {
      const logins = report.logins.map(({ role, login }) => ({ role, login, file: new Map(files).get(login) ?? null }));
      print(io, toJson({ ...report.fleet, made: report.made, version: report.version, key_file: keyFile, logins }));
    } else tell(report, files, keyFile, io);
    return exit.done;
  });
};
