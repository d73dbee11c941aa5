/** Files that appear whole or not at all, whatever fails meanwhile. */
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where files are written; tests replace it. */
export interface DayFiles {
  /** @throws Error if the folder is not there */
  readonly check: () => Promise<void>;
  /** Writes a file below the folder, by the names on its way. */
  readonly write: (names: readonly string[], pieces: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly remove: (names: readonly string[]) => Promise<void>;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist: create it, or check whether its disk is there",
  ENOTDIR: "is not a folder",
  EACCES: "may not be written by Meterport: change its owner or its rights",
  EPERM: "may not be written by Meterport: change its owner or its rights",
  EROFS: "is on a disk that may only be read",
  ENOSPC: "is full: free some space",
  EDQUOT: "is full: free some space",
  EIO: "is on a disk that fails",
};

/** One sentence about the folder. */
export const folderProblem = (folder: string, error: unknown): Error => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new Error(`the folder ${folder} ${reasons[code] ?? `cannot be written (${code || "no reason is given"})`}`);
};

/** Mode of what is written: readable by the owner and the group, so that another program may fetch it. */
const modes = { folder: 0o750, file: 0o640 } as const;

export const filesIn = (folder: string): DayFiles => {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw folderProblem(folder, error);
    }
  };
  // Its parent is never made: a disk that is not mounted must not be hidden by a new folder.
  const check = async (): Promise<void> => {
    if ((await stat(folder)).isDirectory()) return;
    throw Object.assign(new Error("no folder"), { code: "ENOTDIR" });
  };
  const replace = async (path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    const part = `${path}.part`;
    const file = await open(part, "w", modes.file);
    try {
      for await (const piece of pieces) await file.write(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  };
  return {
    check: () => guarded(check),
    write: (names, pieces) =>
      guarded(async () => {
        await check();
        const path = join(folder, ...names);
        if (names.length > 1) await mkdir(dirname(path), { mode: modes.folder, recursive: true });
        await replace(path, pieces);
      }),
    remove: (names) => guarded(() => rm(join(folder, ...names), { force: true })),
  };
};
