/** One daemon for a data folder: two on one folder read each meter twice and take each other's answers. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { makeFolder } from "../stores/make-folder.ts";
import { type SqliteConnection, type SqliteDriver, sqliteDriver } from "../stores/sqlite/sqlite-driver.ts";

/** What other programs of this user find in the folder while a daemon runs. */
export interface DaemonRecord {
  readonly pid: number;
  /** Where its page is: "http://127.0.0.1:8765". */
  readonly url: string;
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly started: string;
}

export interface DataLock {
  /** Tells other programs about the daemon. */
  readonly record: (daemon: DaemonRecord) => void;
  readonly release: () => void;
}

const recordFile = "daemon.json";

/** The daemon that uses a folder, as it recorded itself; undefined if there is no record. It may have ended since. */
export const daemonRecord = (folder: string): DaemonRecord | undefined => {
  try {
    const { pid, url, version, started } = JSON.parse(readFileSync(join(folder, recordFile), "utf8")) as DaemonRecord;
    const isWhole = typeof pid === "number" && typeof url === "string" && typeof version === "string";
    return isWhole && typeof started === "string" ? { pid, url, version, started } : undefined;
  } catch {
    return undefined;
  }
};

const isBusy = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code: unknown = "errcode" in error ? error.errcode : "rawCode" in error ? error.rawCode : undefined;
  return typeof code === "number" && (code & 0xff) === 5;
};

/** A connection that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<SqliteConnection>();

/** libsql flushes the file when it closes it, which a locked file refuses. */
const closeQuietly = (db: SqliteConnection | undefined): void => {
  try {
    db?.close();
  } catch {
    // The connection is closed all the same.
  }
};

const refusal = (folder: string): UsageError => {
  const other = daemonRecord(folder);
  const who = other === undefined ? "" : ` (process ${other.pid}, ${other.url})`;
  return new UsageError(
    "folder-in-use",
    `another Meterport daemon${who} uses the data folder ${folder}: stop it, or set another folder with --data or METERPORT_DATA`,
  );
};

/**
 * Locks a data folder until the process ends, however it ends. SQLite's lock is the operating system's, so it also holds
 * between containers that share the folder, and nothing is left to clean up.
 *
 * @throws UsageError if another process has the lock or the folder cannot be written
 */
export const lockDataFolder = (folder: string, driver: SqliteDriver = sqliteDriver()): DataLock => {
  let db: SqliteConnection | undefined;
  try {
    makeFolder(folder);
    db = driver(join(folder, "daemon.lock"));
    db.exec("PRAGMA busy_timeout = 0");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    closeQuietly(db);
    if (isBusy(error)) throw refusal(folder);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      "data-folder",
      `cannot write to the data folder ${folder}: ${reason}; check its permissions, or set another folder with --data or METERPORT_DATA`,
      { cause: error },
    );
  }
  const connection = db;
  held.add(connection);
  const path = join(folder, recordFile);
  return {
    record: (daemon) => {
      const next = `${path}.new`;
      writeFileSync(next, `${JSON.stringify(daemon)}\n`, { mode: 0o600 });
      renameSync(next, path);
    },
    release: () => {
      rmSync(path, { force: true });
      held.delete(connection);
      closeQuietly(connection);
    },
  };
};
