/** The store of a place: a folder with SQLite, or the address of a PostgreSQL database. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { isPostgresUrl } from "./postgres/postgres-url.ts";
import { openSqliteStore, readSqliteStore } from "./sqlite/sqlite-store.ts";

export interface OpenStoreDeps {
  readonly log: Log;
  readonly wall: () => Millis;
}

/**
 * Opens or creates the store.
 *
 * @param place a folder, or `postgres://user:password@host/database?schema=meterport`
 * @throws UsageError if it cannot be opened
 */
export const openStore = async (place: string, { log, wall }: OpenStoreDeps): Promise<Store> => {
  if (!isPostgresUrl(place)) return await openSqliteStore(place, log, wall);
  const { openPostgresStore } = await import("./postgres/postgres-store.ts");
  return openPostgresStore(place, { log, wall });
};

/**
 * Opens a store only to read it, also while a daemon uses it. Nothing is created, migrated or repaired, and writing fails.
 *
 * @throws UsageError if there is none, or another version of Meterport wrote it
 */
export const openStoreToRead = async (place: string, { log, wall }: OpenStoreDeps): Promise<Store> => {
  if (isPostgresUrl(place)) {
    const { openPostgresStore } = await import("./postgres/postgres-store.ts");
    return openPostgresStore(place, { log, wall, readOnly: true });
  }
  const path = join(place, "meterport.db");
  if (!existsSync(path))
    throw new UsageError("no-store", `there is no database ${path}: name the daemon's data folder with --data`);
  return await readSqliteStore(path, wall);
};
