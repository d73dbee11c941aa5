/** `meterport restore`: puts a backup in the place of the daemon's data. */
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { RestoreOptions } from "./options.ts";

/** @throws UsageError if a daemon uses the folder, the backup is damaged, or nobody confirmed it */
export const restoreCommand = async (folder: string, options: RestoreOptions, io: Io): Promise<Exit> => {
  const { databaseCommandsOf, readConfig, restoreData } = await io.administration();
  const config = readConfig({ config: options.config, data: options.data, env: io.env });
  const { data } = config;
  const elsewhere = databaseCommandsOf(config, join(folder, "meterport.dump"));
  if (options.yes !== true) {
    const answer = await io.confirm(`Replace the data in ${data} by the backup ${folder}?`);
    if (answer === undefined)
      throw new UsageError("confirm", "nobody can be asked here: run it in a terminal, or add --yes");
    if (!answer) {
      io.stderr.write("Nothing was changed.\n");
      return exit.done;
    }
  }
  const { created, files, aside } = await restoreData(folder, data, { now: io.clock.wall() });
  if (options.json === true)
    io.stdout.data(`${toJson({ data, created, files, aside, database: elsewhere?.restore ?? null })}\n`);
  else {
    io.stdout.write(`${data} is as of ${created} again: ${files.map(({ name }) => name).join(", ")}\n`);
    if (aside.length > 0) io.stdout.write(`What was there is now: ${aside.join(", ")}\n`);
  }
  if (elsewhere !== undefined)
    io.stderr.write(
      `The values are in ${elsewhere.shown}, which is as it was; to restore them too, see docs/postgresql.md if it has TimescaleDB, or run: ${elsewhere.restore}\n`,
    );
  else if (!files.some(({ name }) => name === "meterport.db"))
    io.stderr.write("The backup holds no values: they were in a PostgreSQL database when it was made.\n");
  return exit.done;
};
