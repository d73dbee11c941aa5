/** Files into a folder of this machine, or one that is mounted: each appears at once and whole. */
import { copyFile, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DeliveryError, FileRefused, type Parcel, type Target } from "./target.ts";

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const place = async (from: string, folder: string, name: string): Promise<void> => {
  const part = join(folder, `.${name}.part`);
  try {
    await copyFile(from, part);
    await sync(part);
    await rename(part, join(folder, name));
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
};

/** Of one name or one file: something else is there under its name, or it is too long or too large for the file system. */
const refusals: ReadonlySet<string> = new Set(["EISDIR", "EEXIST", "ENOTEMPTY", "ENAMETOOLONG", "EFBIG"]);

/** The folder must be there: an absent one is more likely a mount that is away than a wish for a new one. */
export const folderTarget = (folder: string): Target => ({
  name: folder,
  deliver: async ({ folder: from, files }: Parcel, _attempt, signal) => {
    let now = "";
    try {
      for (const { name } of files) {
        now = name;
        signal.throwIfAborted();
        await place(join(from, name), folder, name);
      }
      await sync(folder);
    } catch (error) {
      signal.throwIfAborted();
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      if (refusals.has(code))
        throw new FileRefused(
          `the folder ${folder} does not take ${now} (${code}): look what is there under that name`,
        );
      throw new DeliveryError(
        `the folder ${folder} does not take files (${code}): look whether it is there and may be written`,
      );
    }
  },
});
