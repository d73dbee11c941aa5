/** A SQLite store that never waits for the disk: nobody cuts the power in a test, and the waits would take much of its time. */
import { type Log, silentLog } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import { type SqliteDriver, sqliteDriver } from "./sqlite-driver.ts";
import { openLocalSqliteStore, type SqliteStore } from "./sqlite-store.ts";

export const hastyDriver: SqliteDriver = (path) => {
  const db = sqliteDriver()(path);
  return { ...db, exec: (sql) => db.exec(sql.replaceAll("synchronous = FULL", "synchronous = OFF")) };
};

/** `openLocalSqliteStore` with it. @throws UsageError if the folder cannot be used */
export const openHastyStore = (folder: string, wall: () => Millis, log: Log = silentLog): SqliteStore =>
  openLocalSqliteStore(folder, log, wall, hastyDriver);
