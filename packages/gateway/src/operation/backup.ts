/** A copy of a data folder that is consistent though the daemon runs, and the way back. */
import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { BackupContents } from "../http/backup/backup-access.ts";
import { ownVersion } from "../installation.ts";
import { makeFolder } from "../stores/make-folder.ts";
import { type SqliteDriver, sqliteDriver } from "../stores/sqlite/sqlite-driver.ts";
import { lockDataFolder } from "./data-lock.ts";
import { goOnBehind } from "./restored-journal.ts";

const database = "meterport.db";
/** Beside the database, what the daemon cannot learn again. Captures are for the day, and not copied. */
const smallFiles = /^(?:access|demo|homewizard-v2|tls-seen)[a-z0-9-]*\.json$/;
export const manifestName = "backup.json";
const isOurs = (name: string): boolean => name.startsWith(database) || name === manifestName || smallFiles.test(name);
/** Whether a backup may hold a file of this name. */
export const isBackupName = (name: string): boolean =>
  name === database || name === manifestName || smallFiles.test(name);
const format = "meterport-backup";

interface SavedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface Manifest {
  readonly format: string;
  readonly version: number;
  /** Of Meterport. */
  readonly meterport: string;
  /** ISO 8601 UTC. */
  readonly created: string;
  readonly files: readonly SavedFile[];
}

export interface BackupResult {
  readonly folder: string;
  /** When the backup was made, ISO 8601 UTC. */
  readonly created: string;
  readonly files: readonly SavedFile[];
  /** Names of the files that a restore replaced. */
  readonly aside: readonly string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const contentsOf = async (path: string): Promise<Omit<SavedFile, "name">> => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
};

const sync = (path: string): void => {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Copies the database as of one moment, whatever the daemon writes meanwhile. */
const copyDatabase = (from: string, to: string, driver: SqliteDriver): void => {
  const db = driver(from);
  try {
    // The copy gets the rights of a file that exists.
    writeFileSync(to, "", { mode: 0o600, flag: "wx" });
    db.prepare("VACUUM INTO ?").run(to);
  } finally {
    db.close();
  }
};

export interface BackupOptions {
  readonly now: Millis;
  readonly driver?: SqliteDriver | undefined;
  /** Where the values are if not in the data folder: then only what else is there is copied. */
  readonly valuesElsewhere?: boolean | undefined;
}

/**
 * Copies the stored values and what belongs to them into a new folder. The configuration is not part of it, since it holds keys.
 *
 * @throws UsageError if there is nothing to copy or the folder cannot be written
 */
export const backupData = async (
  data: string,
  target: string,
  { now, driver, valuesElsewhere = false }: BackupOptions,
): Promise<BackupResult> => {
  const others = existsSync(data) ? readdirSync(data).filter((name) => smallFiles.test(name)) : [];
  if (valuesElsewhere && others.length === 0)
    throw new UsageError("backup", `nothing in ${data} needs a copy: there are neither users nor tokens`);
  if (!valuesElsewhere && !existsSync(join(data, database)))
    throw new UsageError("backup", `there is no ${database} in ${data}: give the daemon's data folder with --data`);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new UsageError("exists", `${target} is not empty: choose another folder`);
  const part = `${target.replace(/[/\\]+$/, "")}.part`;
  // What an interrupted backup left is removed, and nothing else of that name.
  if (existsSync(part) && !readdirSync(part).every(isOurs))
    throw new UsageError(
      "exists",
      `${part} holds other files, and is needed while the backup is written: choose another folder`,
    );
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    if (!valuesElsewhere) copyDatabase(join(data, database), join(part, database), driver ?? sqliteDriver());
    for (const name of others) copyFileSync(join(data, name), join(part, name));
    const files = await Promise.all(
      [...(valuesElsewhere ? [] : [database]), ...others].map(async (name) => ({
        name,
        ...(await contentsOf(join(part, name))),
      })),
    );
    const created = new Date(now).toISOString();
    const manifest: Manifest = { format, version: 1, meterport: ownVersion(), created, files };
    writeFileSync(join(part, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    for (const { name } of [...files, { name: manifestName }]) sync(join(part, name));
    rmSync(target, { recursive: true, force: true });
    renameSync(part, target);
    return { folder: target, created, files, aside: [] };
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (error instanceof UsageError) throw error;
    throw new UsageError("backup", `cannot write the backup ${target}: ${reasonOf(error)}`, { cause: error });
  }
};

/** A manifest has a line or two for each of a handful of files. */
const longestManifest = 1 << 20;

const readManifest = (source: string): Manifest => {
  const wrong = (what: string): UsageError =>
    new UsageError("restore", `${source} ${what}: give a folder that meterport backup has made`);
  let manifest: Manifest | null;
  try {
    const path = join(source, manifestName);
    if (statSync(path).size > longestManifest) throw wrong("is not a backup");
    manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest | null;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw wrong(`has no ${manifestName} that can be read`);
  }
  const isName = (name: unknown): boolean => name === database || (typeof name === "string" && smallFiles.test(name));
  if (manifest?.format !== format || !Array.isArray(manifest.files)) throw wrong("is not a backup");
  if (!/^\d{4}-[\dT:.-]{10,20}Z$/.test(String(manifest.created))) throw wrong("does not say when it was made");
  if (manifest.version !== 1)
    throw new UsageError(
      "restore",
      `${source} was made by a newer Meterport (${String(manifest.meterport)
        .replace(/[^\w.+-]/g, "")
        .slice(0, 20)}): update Meterport`,
    );
  if (!manifest.files.every((file) => isName(file?.name))) throw wrong("names files that no backup holds");
  return manifest;
};

/** @throws UsageError that names the file that is missing or changed */
const checkFiles = async (source: string, { files }: Manifest): Promise<void> => {
  for (const { name, bytes, sha256 } of files) {
    const path = join(source, name);
    if (!existsSync(path)) throw new UsageError("restore", `${path} is missing: the backup is not complete`);
    const found = await contentsOf(path);
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new UsageError("restore", `${path} is damaged: its bytes are not those that were backed up`);
  }
};

/** Reads a backup whole and compares it with what it says of itself. @throws UsageError if it is damaged or none */
export const checkBackup = async (source: string): Promise<BackupContents> => {
  const manifest = readManifest(source);
  await checkFiles(source, manifest);
  const { created, files } = manifest;
  return { created, files, hasValues: files.some(({ name }) => name === database) };
};

/**
 * Puts a backup back. What is there is renamed and never deleted.
 *
 * @throws UsageError if a daemon uses the folder, or the backup is damaged; nothing is changed then
 */
export const restoreData = async (
  source: string,
  data: string,
  { now, driver = sqliteDriver() }: { readonly now: Millis; readonly driver?: SqliteDriver | undefined },
): Promise<BackupResult> => {
  const manifest = readManifest(source);
  await checkFiles(source, manifest);
  makeFolder(data);
  const lock = lockDataFolder(data, driver);
  try {
    const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
    const names = manifest.files.map(({ name }) => name);
    for (const name of names) {
      copyFileSync(join(source, name), join(data, `${name}.restored`));
      if (name === database) goOnBehind(join(data, `${name}.restored`), join(data, name), now, driver);
      sync(join(data, `${name}.restored`));
    }
    const aside: string[] = [];
    // With the users of that moment, the sessions of those who were removed since would be valid again.
    const sessions = names.includes("access.json") ? ["sessions.json"] : [];
    for (const name of [...names, `${database}-wal`, `${database}-shm`, ...sessions]) {
      if (!existsSync(join(data, name))) continue;
      const other = name.startsWith(database)
        ? `${database}.before-restore-${stamp}${name.slice(database.length)}`
        : `${name}.before-restore-${stamp}`;
      renameSync(join(data, name), join(data, other));
      aside.push(other);
    }
    for (const name of names) renameSync(join(data, `${name}.restored`), join(data, name));
    sync(data);
    return { folder: data, created: manifest.created, files: manifest.files, aside };
  } catch (error) {
    throw new UsageError("restore", `cannot restore into ${data}: ${reasonOf(error)}`, { cause: error });
  } finally {
    lock.release();
  }
};
