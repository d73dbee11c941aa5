/** Opens the database file; a damaged one is set aside and never deleted. */
import { closeSync, existsSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import { makeFolder } from "../make-folder.ts";
import type { SqliteConnection, SqliteDriver } from "./sqlite-driver.ts";
import { migrate } from "./sqlite-schema.ts";

/** Checking a larger file would delay the start by seconds. */
const checkedBytes = 64 * 1024 * 1024;

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes = new Set([11, 26]);

/** The error code, as Node's own SQLite or libsql names it. */
const codeOf = (error: unknown): unknown => {
  if (!(error instanceof Error)) return undefined;
  return "errcode" in error ? error.errcode : "rawCode" in error ? error.rawCode : undefined;
};

const isDamage = (error: unknown): boolean => {
  const code = codeOf(error);
  return typeof code === "number" && damageCodes.has(code & 0xff);
};

class Damaged extends Error {}

const open = (path: string, driver: SqliteDriver): SqliteConnection => {
  // Readings reveal when people are at home, so only the owner may read them.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  const db = driver(path);
  try {
    // With a write-ahead log a commit survives the end of the process; NORMAL spares a memory card the sync of each
    // commit, at the price of the last seconds when the power fails.
    db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216; PRAGMA foreign_keys = ON",
    );
    if (statSync(path).size <= checkedBytes) {
      const result = db.prepare("PRAGMA quick_check(1)").get();
      if (result !== undefined && result.quick_check !== "ok") throw new Damaged(String(result.quick_check));
    }
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const setAside = (path: string, stamp: string): string => {
  let target = `${path}.damaged-${stamp}`;
  for (let n = 2; existsSync(target); n++) target = `${path}.damaged-${stamp}-${n}`;
  renameSync(path, target);
  for (const tail of ["-wal", "-shm"]) if (existsSync(path + tail)) renameSync(path + tail, target + tail);
  return target;
};

/**
 * Opens or creates the database. A damaged file is renamed, the log says to what, and an empty one
 * replaces it: the meter is still read, and nothing is deleted.
 *
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openDatabase = (path: string, log: Log, now: number, driver: SqliteDriver): SqliteConnection => {
  try {
    makeFolder(dirname(path));
    try {
      return open(path, driver);
    } catch (error) {
      if (!(error instanceof Damaged) && !isDamage(error)) throw error;
      const target = setAside(path, new Date(now).toISOString().replace(/[:.]/g, "-"));
      log.error(`the database ${path} is damaged; it was renamed to ${target} and replaced by an empty one`);
      return open(path, driver);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      "data-folder",
      `cannot open the database ${path}: ${reason}; check the folder's permissions, or set another folder with --data or METERPORT_DATA`,
      { cause: error },
    );
  }
};
