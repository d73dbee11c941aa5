/**
 * The journal of a database that takes the place of a newer one. Its readers may have seen higher numbers than it has, and would pass over
 * everything that gets these numbers a second time.
 */
import { existsSync } from "node:fs";
import type { Millis } from "@meterport/protocol/ports";
import type { SqliteConnection, SqliteDriver } from "../stores/sqlite/sqlite-driver.ts";

const within = <T>(path: string, driver: SqliteDriver, work: (db: SqliteConnection) => T): T => {
  const db = driver(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
};

const newest = (db: SqliteConnection): number =>
  Number(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").get()?.seq ?? 0);

/** The highest number that was given out; undefined if there is no database that says so. */
const newestIn = (path: string, driver: SqliteDriver): number | undefined => {
  if (!existsSync(path)) return undefined;
  try {
    return within(path, driver, newest);
  } catch {
    return undefined;
  }
};

const hasJournal = (db: SqliteConnection): boolean =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'journal'").get() !== undefined;

/**
 * Lets the journal of a restored database go on behind the numbers of the one that it replaces. If that cannot say how far it was, or is
 * on a machine that is gone, it goes on with the seconds since 1970, which are more than one change for each second since then.
 *
 * @throws SQLite's errors of the restored database
 */
export const goOnBehind = (restored: string, replaced: string, now: Millis, driver: SqliteDriver): void =>
  within(restored, driver, (db) => {
    // A backup of the first version has no journal, and nobody has read one.
    if (!hasJournal(db)) return;
    const own = newest(db);
    const next = Math.max(own, newestIn(replaced, driver) ?? Math.floor(now / 1_000));
    if (next === own) return;
    db.exec("BEGIN IMMEDIATE; DELETE FROM sqlite_sequence WHERE name = 'journal'");
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('journal', ?)").run(next);
    db.exec("COMMIT");
  });
