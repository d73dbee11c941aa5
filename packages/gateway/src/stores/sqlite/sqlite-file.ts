/** Opens, checks and copies the database file; a damaged one is set aside and never deleted. */
import { closeSync, existsSync, openSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import { makeFolder } from "../make-folder.ts";
import type { SqliteConnection, SqliteDriver } from "./sqlite-driver.ts";
import { isDamage, sentenceOf } from "./sqlite-errors.ts";
import { leastCache } from "./sqlite-page-cache.ts";
import { rescue } from "./sqlite-rescue.ts";
import { latestVersion, migrate } from "./sqlite-schema.ts";

/** Checking a larger file would delay the start by seconds: it is checked later, while it is used. */
export const checkedBytes = 64 * 1024 * 1024;

/** What SQLite itself says of a damaged file. */
const damaged = (what: string): Error => Object.assign(new Error(what), { errcode: 11 });

/** @throws SQLite's error of a damaged file */
export const checkDatabase = (db: SqliteConnection): void => {
  const result = db.prepare("PRAGMA quick_check(1)").get();
  if (result !== undefined && result.quick_check !== "ok") throw damaged(String(result.quick_check));
};

/** Bytes. A commit writes whole pages, and small ones spare memory cards. */
const pageSize = 512;

const settings = (db: SqliteConnection): void =>
  // Checkpoints are the store's own business.
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
    PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -${leastCache}`);

const create = (path: string): void => {
  // Readings reveal when people are at home, so only the owner may read them.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
};

const open = (path: string, driver: SqliteDriver, log: Log): SqliteConnection => {
  create(path);
  const db = driver(path);
  try {
    settings(db);
    if (statSync(path).size <= checkedBytes) checkDatabase(db);
    let migrated = false;
    migrate(db, path, (version) => {
      migrated = true;
      keepOld(db, path, version, log);
    });
    if (migrated) rewrite(db);
    // Another program's lock is waited for between the tries of the caretaker.
    db.exec("PRAGMA busy_timeout = 250");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Gives an older file the page size of new ones, and back the space of what a migration deleted. */
const rewrite = (db: SqliteConnection): void => {
  try {
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA page_size = ${pageSize}; VACUUM`);
  } catch {
    // Too little space is left, or another program reads the file: it stays as it is.
  }
  settings(db);
};

/** A copy of a file that an older Meterport wrote, so that nothing is lost if the new version is not wanted. */
const keepOld = (db: SqliteConnection, path: string, version: number, log: Log): void => {
  const copy = `${path}.before-v${latestVersion}`;
  if (existsSync(copy)) return;
  const { bavail, bsize } = statfsSync(dirname(path));
  // The new file needs as much again.
  if (bavail * bsize < 2.5 * statSync(path).size) {
    log.warn(
      `the database ${path} is brought to version ${latestVersion} without a copy of the old file: too little space is left on the disk`,
    );
    return;
  }
  copyDatabase(db, copy);
  log.info(
    `the database ${path} is brought from version ${version} to ${latestVersion}; the old file is kept as ${copy}`,
  );
};

const setAside = (path: string, stamp: string): string => {
  let target = `${path}.damaged-${stamp}`;
  for (let n = 2; existsSync(target); n++) target = `${path}.damaged-${stamp}-${n}`;
  renameSync(path, target);
  for (const tail of ["-wal", "-shm"]) if (existsSync(path + tail)) renameSync(path + tail, target + tail);
  return target;
};

export interface OpenedDatabase {
  readonly db: SqliteConnection;
  /** What happened to a damaged file, as a sentence. */
  readonly replaced: string | undefined;
}

const removeDatabase = (path: string): void => {
  for (const tail of ["", "-wal", "-shm"]) rmSync(path + tail, { force: true });
};

/** Builds a new file beside the damaged one, so that a crash meanwhile changes nothing. */
const replace = (path: string, log: Log, now: number, driver: SqliteDriver): OpenedDatabase => {
  const fresh = `${path}.rescue`;
  removeDatabase(fresh);
  create(fresh);
  const db = driver(fresh);
  let saved: string;
  try {
    settings(db);
    saved = rescue(db, path, now);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  const target = setAside(path, new Date(now).toISOString().replace(/[:.]/g, "-"));
  renameSync(fresh, path);
  removeDatabase(fresh);
  const replaced = `the database ${path} is damaged; it was renamed to ${target} and replaced by a new one with what could be read: ${saved}`;
  log.error(replaced);
  return { db: open(path, driver, log), replaced };
};

/**
 * Opens or creates the database. A damaged file is renamed, the log says to what, and a new one with what can still be read
 * replaces it: the meter is still read, and nothing is deleted.
 *
 * @param known "damaged" if an error has just shown it
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openDatabase = (
  path: string,
  log: Log,
  now: number,
  driver: SqliteDriver,
  known?: "damaged",
): OpenedDatabase => {
  try {
    makeFolder(dirname(path));
    if (known === "damaged") return replace(path, log, now, driver);
    try {
      return { db: open(path, driver, log), replaced: undefined };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return replace(path, log, now, driver);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      "data-folder",
      `cannot open the database ${path}: ${sentenceOf(error)}; check the folder's permissions, or set another folder with --data or METERPORT_DATA`,
      { cause: error },
    );
  }
};

/** A consistent copy for its owner only, which gets its name when it is complete. @throws UsageError if the file exists */
export const copyDatabase = (db: SqliteConnection, path: string): void => {
  if (existsSync(path)) throw new UsageError("backup", `${path} exists already: choose another name`);
  const unfinished = `${path}.new`;
  try {
    rmSync(unfinished, { force: true });
    closeSync(openSync(unfinished, "wx", 0o600));
    db.prepare("VACUUM INTO ?").run(unfinished);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (isDamage(error)) throw error;
    throw new UsageError("backup", `cannot write the copy ${path}: ${sentenceOf(error)}`, { cause: error });
  }
};
