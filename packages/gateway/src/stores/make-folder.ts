/** Creates the data folder. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Node's own recursive mkdir never ends if a file system refuses a folder as if its parent were missing, as /proc does. */
export const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another gateway may have been quicker.
    if (!existsSync(path)) throw error;
  }
};
