/** `meterport config`: checks and explains the gateway's configuration, seals its secrets, imports its meters, migrates an old file. */
import type { ConfigTools } from "@meterport/gateway/config/config-tools";
import { UsageError } from "@meterport/protocol/errors";
import { escapedJson } from "@meterport/protocol/plain-text";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import type { ConfigAction, ConfigOptions } from "./options.ts";

const counted = (n: number): string => (n === 1 ? "1 meter" : `${n} meters`);

/** JSON for people and programs. */
const laidOut = (value: unknown): string => JSON.stringify(value, null, 2).split("\n").map(escapedJson).join("\n");

const check = (tools: ConfigTools, options: ConfigOptions, io: Io): void => {
  const { meters, path, warnings } = tools.check(options);
  if (options.json) {
    print(io, toJson({ ok: true, meters, file: path ?? null, warnings }));
    return;
  }
  for (const warning of warnings) say(io, `warning: ${warning}`);
  const without = "no meter is configured, so the gateway would read a simulated household";
  io.stdout.write(`fine: ${meters > 0 ? counted(meters) : without}\n`);
};

const sealSecret = async (tools: ConfigTools, options: ConfigOptions, io: Io): Promise<void> => {
  const { sealed, made } = tools.seal(options, (await io.readStdin()).replace(/[\r\n]+$/, ""));
  if (made !== undefined) say(io, `${made} is new and opens what is sealed: keep a copy of it in a safe place`);
  if (options.json) print(io, toJson({ sealed }));
  // Exact, for a file; it has none but plain characters.
  else io.stdout.data(`${sealed}\n`);
};

const importMeters = async (tools: ConfigTools, file: string, options: ConfigOptions, io: Io): Promise<void> => {
  const text = file === "-" ? await io.readStdin() : io.readText(file);
  const report = tools.planImport(options, { name: file === "-" ? "standard input" : file, text });
  const { added, changed, unchanged, path } = report;
  const dry = options.dryRun === true;
  const copy = dry ? undefined : tools.write(report);
  if (options.json) {
    print(io, toJson({ added, changed, unchanged, file: path, written: !dry, before: copy ?? null }));
    return;
  }
  for (const id of added) io.stdout.write(`add ${id}\n`);
  for (const { id, keys } of changed) io.stdout.write(`change ${id}: ${keys.join(", ")}\n`);
  const counts = `${counted(added.length)} ${dry ? "to add" : "added"}, ${changed.length} ${dry ? "to change" : "changed"}, ${unchanged} unchanged`;
  const kept = copy === undefined ? "" : `; the old file is ${copy}`;
  io.stdout.write(`${counts}; ${dry ? "nothing was written" : `${path}${kept}`}\n`);
};

const migrate = (tools: ConfigTools, options: ConfigOptions, io: Io): void => {
  const report = tools.planMigration(options);
  const { path, removed } = report;
  const dry = options.dryRun === true;
  const copy = dry ? undefined : tools.write(report);
  if (options.json) {
    const keys = removed.map(({ key, count }) => ({ key, count }));
    print(io, toJson({ removed: keys, file: path, written: copy !== undefined, before: copy ?? null }));
    return;
  }
  for (const { key, count, because } of removed)
    io.stdout.write(`remove ${key}${count > 1 ? `, ${count} times` : ""}: ${because}\n`);
  if (removed.length === 0) io.stdout.write(`${path} needs no migration; nothing was written\n`);
  else if (dry) io.stdout.write("nothing was written\n");
  else io.stdout.write(`${path} is written; the old file is ${copy}\n`);
};

/** @throws UsageError */
export const configCommand = async (
  action: ConfigAction,
  file: string | undefined,
  options: ConfigOptions,
  io: Io,
): Promise<Exit> => {
  if (action === "import" && file === undefined)
    throw new UsageError("arguments", "meterport config import needs a CSV file: meterport config import meters.csv");
  if (action !== "import" && file !== undefined)
    throw new UsageError("arguments", `meterport config ${action} takes no file; a configuration is named by --config`);
  if (options.config === "") throw new UsageError("arguments", "--config is empty: give a file");
  if (options.data === "") throw new UsageError("arguments", "--data is empty: give a folder");
  const tools = await io.configTools();
  if (action === "check") check(tools, options, io);
  else if (action === "example") io.stdout.data(tools.sample());
  else if (action === "schema") print(io, laidOut(tools.schema()));
  else if (action === "seal") await sealSecret(tools, options, io);
  else if (action === "migrate") migrate(tools, options, io);
  else await importMeters(tools, file ?? "", options, io);
  return exit.done;
};
