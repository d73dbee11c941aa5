/** The store in one SQLite file. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Proof } from "@meterport/engine/model/proof";
import type { Log } from "@meterport/engine/ports/log";
import type {
  LastRegisters,
  PruneLimits,
  PruneReport,
  Store,
  StoreBatch,
  StoreResult,
  StoreStatus,
} from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { checkBatch } from "../checked-batch.ts";
import { type SqliteConnection, type SqliteDriver, sqliteDriver } from "./sqlite-driver.ts";
import { SqliteFacts } from "./sqlite-facts.ts";
import { openDatabase } from "./sqlite-file.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { SqliteReadings } from "./sqlite-readings.ts";
import { checkPresent } from "./sqlite-schema.ts";
import { SqliteSession } from "./sqlite-session.ts";

type Part<K extends keyof Store> = Store[K];

const count = <T>(items: readonly T[] | undefined, put: (item: T) => boolean): number => {
  let changed = 0;
  for (const item of items ?? []) if (put(item)) changed++;
  return changed;
};

export class SqliteStore implements Store {
  readonly #path: string;
  readonly #session: SqliteSession;
  readonly #readings: SqliteReadings;
  readonly #facts: SqliteFacts;
  readonly #journal: SqliteJournal;
  readonly #wall: () => Millis;

  constructor(path: string, session: SqliteSession, wall: () => Millis) {
    this.#path = path;
    this.#session = session;
    this.#wall = wall;
    this.#readings = new SqliteReadings(session);
    this.#journal = new SqliteJournal(session);
    this.#facts = new SqliteFacts(session, (point, change) => this.#journal.note(point, change, this.#wall()));
  }

  readonly write: Part<"write"> = async (batch: StoreBatch): Promise<StoreResult> => {
    checkBatch(batch);
    this.#makeKeys(batch);
    return this.#session.transaction(() => {
      const now = this.#wall();
      const proofs = new Map<Proof, number>();
      for (const { point, name, text } of batch.memos ?? []) this.#setMemo(point, name, text);
      const result = {
        readings: count(batch.readings, ({ point, reading }) =>
          this.#readings.insert(this.#session.point(point), reading),
        ),
        intervals: count(batch.intervals, (interval) => this.#facts.putInterval(interval, now, proofs)),
        registers: count(batch.registers, (state) => this.#facts.putRegister(state, proofs)),
        events: count(batch.events, (event) => this.#facts.putEvent(event)),
        devices: count(batch.devices, (device) => this.#facts.putDevice(device)),
      };
      return { ...result, journal: this.#journal.range().newest };
    });
  };

  readonly history: Part<"history"> = async (point, grid) => this.#readings.history(this.#session.point(point), grid);

  readonly series: Part<"series"> = async (point, grid, keys) =>
    this.#readings.series(this.#session.point(point), grid, keys);

  readonly readings: Part<"readings"> = async (point, query) =>
    this.#readings.readings(this.#session.point(point), query);

  readonly lastRegisters: Part<"lastRegisters"> = async (point) =>
    this.#readings.lastRegisters(this.#session.point(point));

  readonly allLastRegisters: Part<"allLastRegisters"> = async () => {
    const all = new Map<string, LastRegisters>();
    for (const { id, key } of this.#session.prepare("SELECT id, key FROM meter").all()) {
      const last = this.#readings.lastRegisters(Number(key));
      if (last !== undefined) all.set(String(id), last);
    }
    return all;
  };

  readonly intervals: Part<"intervals"> = async (point, query) => this.#facts.intervals(point, query);
  readonly intervalSums: Part<"intervalSums"> = async (point, channel, bounds) =>
    this.#facts.sums(point, channel, bounds);
  readonly channels: Part<"channels"> = async (point) => this.#facts.channels(point);
  readonly intervalProof: Part<"intervalProof"> = async (point, channel, end) =>
    this.#facts.intervalProof(point, channel, end);
  readonly registers: Part<"registers"> = async (point, query) => this.#facts.registers(point, query);
  readonly devices: Part<"devices"> = async (point) => this.#facts.devices(point);
  readonly events: Part<"events"> = async (point, query) => this.#facts.events(point, query);

  readonly memo: Part<"memo"> = async (point, name) => {
    const row = this.#session
      .prepare("SELECT text FROM memo WHERE meter = ? AND name = ?")
      .get(this.#session.point(point), name);
    return row === undefined ? undefined : String(row.text);
  };

  readonly journal: Part<"journal"> = async (query) => this.#journal.page(query);
  readonly cursor: Part<"cursor"> = async (reader) => this.#journal.cursor(reader);
  readonly setCursor: Part<"setCursor"> = async (reader, number) => this.#journal.setCursor(reader, number);
  readonly cursors: Part<"cursors"> = async () => this.#journal.cursors();

  readonly prune: Part<"prune"> = async (limits: PruneLimits): Promise<PruneReport> =>
    this.#session.transaction(() => {
      const events =
        limits.events === undefined
          ? 0
          : Number(this.#session.prepare("DELETE FROM happening WHERE time < ?").run(limits.events).changes);
      return { ...this.#readings.prune(limits), events, journal: this.#journal.prune(limits) };
    });

  readonly status: Part<"status"> = async (): Promise<StoreStatus> => ({
    kind: "sqlite",
    state: "ok",
    problem: null,
    bytes: statSync(this.#path).size,
    newestReading: this.#readings.newest(),
    journal: this.#journal.range(),
  });

  readonly backup: Part<"backup"> = async (path) => {
    if (existsSync(path)) throw new UsageError("backup", `${path} exists already: choose another name`);
    this.#session.prepare("VACUUM INTO ?").run(path);
  };

  readonly close: Part<"close"> = async () => this.#session.close();

  /** Short numbers are made before the transaction, which may be rolled back. */
  #makeKeys({ readings, intervals, registers, events, devices, memos }: StoreBatch): void {
    for (const list of [readings, intervals, registers, events, devices, memos])
      for (const { point } of list ?? []) this.#session.point(point);
    for (const { channel } of intervals ?? []) this.#session.channel(channel);
  }

  #setMemo(point: string, name: string, text: string | null): void {
    const key = this.#session.point(point);
    if (text === null) this.#session.prepare("DELETE FROM memo WHERE meter = ? AND name = ?").run(key, name);
    else this.#session.prepare("INSERT OR REPLACE INTO memo (meter, name, text) VALUES (?, ?, ?)").run(key, name, text);
  }
}

/**
 * The store in `meterport.db` of a folder, created if there is none.
 *
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openSqliteStore = (
  folder: string,
  log: Log,
  wall: () => Millis,
  driver: SqliteDriver = sqliteDriver(),
): SqliteStore => {
  const path = join(folder, "meterport.db");
  return new SqliteStore(path, new SqliteSession(openDatabase(path, log, wall(), driver)), wall);
};

/**
 * An existing database only to read, also while a daemon writes to it.
 *
 * @throws UsageError if it cannot be read or another version of Meterport wrote it
 */
export const readSqliteStore = (
  path: string,
  wall: () => Millis,
  driver: SqliteDriver = sqliteDriver(),
): SqliteStore => {
  let db: SqliteConnection | undefined;
  try {
    db = driver(path);
    db.exec("PRAGMA query_only = ON");
    checkPresent(db, path);
    return new SqliteStore(path, new SqliteSession(db, true), wall);
  } catch (cause) {
    db?.close();
    if (cause instanceof UsageError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("data-folder", `cannot read the database ${path}: ${reason}; run this as the daemon's user`, {
      cause,
    });
  }
};
