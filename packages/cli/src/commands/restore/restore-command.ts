/** `meterport restore`: puts a backup in the place of the daemon's data. */
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { RestoreOptions } from "./options.ts";

/** @throws UsageError if a daemon uses the folder, the backup is damaged, or nobody confirmed it */
export const restoreCommand = async (folder: string, options: RestoreOptions, io: Io): Promise<Exit> => {
  const { readConfig, restoreData } = await io.administration();
  const { data } = readConfig({ config: options.config, data: options.data, env: io.env });
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
  if (options.json === true) io.stdout.data(`${toJson({ data, created, files, aside })}\n`);
  else {
    io.stdout.write(`${data} is as of ${created} again: ${files.map(({ name }) => name).join(", ")}\n`);
    if (aside.length > 0) io.stdout.write(`What was there is now: ${aside.join(", ")}\n`);
  }
  return exit.done;
};
