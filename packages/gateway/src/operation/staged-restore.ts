/**
 * A backup that came over the network in parts, is checked, and waits for the next start: the daemon's own database cannot be
 * replaced while it writes to it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Appended, BackupContents, RestoreState } from "../http/backup/backup-access.ts";
import { checkBackup, isBackupName, restoreData } from "./backup.ts";
import { unpackTar } from "./tar.ts";

const uploadName = "restore-upload.tar";
const stagedName = "restore-staged";

/** What the daemon itself needs of the disk meanwhile. */
const leastFree = 256 << 20;

export interface StagedRestoreOptions {
  /** The data folder. */
  readonly data: string;
  /** Whether the values are in another database, which a backup does not hold. */
  readonly valuesElsewhere: boolean;
  readonly log: Pick<Log, "info">;
  /** Free bytes of the disk; for tests. */
  readonly free?: (() => number) | undefined;
}

const freeOf = (folder: string) => (): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

const mega = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

export class StagedRestore {
  readonly #options: StagedRestoreOptions;
  readonly #free: () => number;
  readonly #upload: string;
  readonly #staged: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StagedRestoreOptions) {
    this.#options = options;
    this.#free = options.free ?? freeOf(options.data);
    this.#upload = join(options.data, uploadName);
    this.#staged = join(options.data, stagedName);
  }

  readonly state = (): RestoreState => {
    const received = statSync(this.#upload, { throwIfNoEntry: false })?.size ?? 0;
    const backup = existsSync(this.#staged) ? stagedContents(this.#staged) : undefined;
    const state = received > 0 ? "uploading" : backup !== undefined ? "staged" : "none";
    return { state, received, backup };
  };

  /** Takes the next part; one at offset 0 begins again. */
  readonly append = (offset: number, part: Uint8Array): Promise<Appended> =>
    this.#inTurn(async () => {
      const { received } = this.state();
      if (offset !== 0 && offset !== received) return { result: "elsewhere", received };
      if (this.#free() < part.length + leastFree)
        return {
          result: "no-room",
          message: `the disk has no room for this backup: ${mega(this.#free())} are free, and ${mega(leastFree)} stay for the gateway`,
        };
      const file = await open(this.#upload, offset === 0 ? "w" : "a", 0o600);
      try {
        await file.writeFile(part);
      } finally {
        await file.close();
      }
      return { result: "taken", received: offset + part.length };
    });

  /**
   * Checks the upload, which then waits for the next start.
   *
   * @param bytes how long it is as a whole
   * @throws UsageError if it is not whole, or not a backup; nothing changes then
   */
  readonly stage = (bytes: number): Promise<BackupContents> =>
    this.#inTurn(async () => {
      const { received } = this.state();
      if (received !== bytes)
        throw new UsageError("restore", `${received} of ${bytes} bytes have arrived: send the rest from there`);
      if (this.#free() < bytes + leastFree)
        throw new UsageError("restore", `the disk has no room to unpack this backup: it needs ${mega(bytes)} more`);
      const part = `${this.#staged}.part`;
      try {
        const contents = await this.#checked(part);
        rmSync(this.#staged, { recursive: true, force: true });
        renameSync(part, this.#staged);
        rmSync(this.#upload, { force: true });
        this.#options.log.info(`restore: a backup of ${contents.created} takes effect at the next start`);
        return contents;
      } finally {
        rmSync(part, { recursive: true, force: true });
      }
    });

  /** Forgets what was uploaded or staged. */
  readonly discard = (): Promise<void> =>
    this.#inTurn(async () => {
      for (const path of [this.#upload, this.#staged]) rmSync(path, { recursive: true, force: true });
    });

  async #checked(part: string): Promise<BackupContents> {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { mode: 0o700 });
    await unpackTar(this.#upload, part, isBackupName);
    const contents = await checkBackup(part);
    if (this.#options.valuesElsewhere && contents.hasValues)
      throw new UsageError(
        "restore",
        "the backup holds values, and those of this gateway are in a PostgreSQL database: docs/postgresql.md tells how to restore them",
      );
    return contents;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Of one that was checked before. */
const stagedContents = (folder: string): BackupContents | undefined => {
  try {
    const { created, files } = JSON.parse(readFileSync(join(folder, "backup.json"), "utf8")) as BackupContents;
    return typeof created === "string" && Array.isArray(files)
      ? { created, files, hasValues: files.some(({ name }) => name === "meterport.db") }
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Takes a staged backup in, before the data is opened. One that cannot be taken in is put aside, and the daemon starts with
 * the data that is there.
 *
 * @throws UsageError if another daemon uses the folder
 */
export const takeStagedRestore = async (data: string, now: Millis, log: Log): Promise<void> => {
  const staged = join(data, stagedName);
  rmSync(join(data, uploadName), { force: true });
  if (!existsSync(staged)) return;
  try {
    const { created, aside } = await restoreData(staged, data, { now });
    rmSync(staged, { recursive: true, force: true });
    log.info(`restore: the data is as of ${created} again; what was there is now ${aside.join(", ") || "nowhere"}`);
  } catch (error) {
    if (error instanceof UsageError && error.code === "folder-in-use") throw error;
    const failed = `${staged}-failed-${new Date(now).toISOString().replaceAll(":", "-")}`;
    renameSync(staged, failed);
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`restore: ${reason}; the backup is now in ${failed}, and the data is as it was`);
  }
};
