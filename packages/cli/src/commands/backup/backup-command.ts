/** `meterport backup`: copies the daemon's data, while it runs. */
import { join } from "node:path";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { BackupOptions } from "./options.ts";

const mega = 1_000_000;

/** @throws UsageError if there is nothing to copy, or the folder cannot be written */
export const backupCommand = async (folder: string, options: BackupOptions, io: Io): Promise<Exit> => {
  const { backupData, databaseCommandsOf, readConfig } = await io.administration();
  const config = readConfig({ config: options.config, data: options.data, env: io.env });
  const elsewhere = databaseCommandsOf(config, join(folder, "meterport.dump"));
  // Said first: it holds also if nothing else needs a copy.
  if (elsewhere !== undefined)
    io.stderr.write(
      `The values are in ${elsewhere.shown}, which is not copied here; run this too: ${elsewhere.dump}\n`,
    );
  const result = await backupData(config.data, folder, {
    now: io.clock.wall(),
    valuesElsewhere: elsewhere !== undefined,
  });
  const { created, files } = result;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (options.json === true)
    io.stdout.data(`${toJson({ folder, created, files, database: elsewhere?.dump ?? null })}\n`);
  else {
    io.stdout.write(
      `${folder}: ${files.length} ${files.length === 1 ? "file" : "files"}, ${(bytes / mega).toFixed(1)} MB, as of ${created}\n`,
    );
    io.stderr.write("The configuration and the keys are not in it: keep them with your passwords.\n");
  }
  return exit.done;
};
