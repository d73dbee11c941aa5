/** The store of a place: a folder with SQLite, or the address of a PostgreSQL database. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type DatabaseCommands, databaseCommands } from "./postgres/postgres-dump.ts";
import { isPostgresUrl } from "./postgres/postgres-url.ts";
import { readSqliteStore } from "./sqlite/sqlite-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-threads.ts";

/** Where the store of a configuration is. */
export const placeOf = ({ store, data }: { readonly store?: Secret | undefined; readonly data: string }): string =>
  store === undefined ? data : new TextDecoder().decode(store.reveal());

/** How the database of a configuration is copied; undefined if the values are in the data folder. @param file the dump */
export const databaseCommandsOf = (
  config: { readonly store?: Secret | undefined; readonly data: string },
  file: string,
): DatabaseCommands | undefined => (config.store === undefined ? undefined : databaseCommands(placeOf(config), file));

/**
 * Opens or creates the store of a daemon. It waits for a database that is away: the first readings are judged by the last
 * registers, and after a power failure the database may start later than we do.
 *
 * @param place a folder, or `postgres://user:password@host/database?schema=meterport`
 * @throws UsageError if it cannot be opened
 */
export const openStore = async (place: string, log: Log, clock: Clock): Promise<Store> => {
  const { wall } = clock;
  if (!isPostgresUrl(place)) return await openSqliteStore(place, log, wall);
  const { openPostgresStore } = await import("./postgres/postgres-store.ts");
  const store = await openPostgresStore(place, { log, wall });
  await store.reached(clock);
  return store;
};

/**
 * Opens a store only to read it, also while a daemon uses it. Nothing is created, migrated or repaired, and writing fails.
 *
 * @throws UsageError if there is none, or another version of Meterport wrote it
 */
export const openStoreToRead = async (place: string, log: Log, wall: () => Millis): Promise<Store> => {
  if (isPostgresUrl(place)) {
    const { openPostgresStore } = await import("./postgres/postgres-store.ts");
    return openPostgresStore(place, { log, wall, readOnly: true });
  }
  const path = join(place, "meterport.db");
  if (!existsSync(path))
    throw new UsageError("no-store", `there is no database ${path}: name the daemon's data folder with --data`);
  return await readSqliteStore(path, wall);
};
