/** The store in one SQLite file. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import type {
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
import { storableEvent } from "../storable-text.ts";
import { type PackedReadings, packReadings } from "./packed-readings.ts";
import { type SqliteConnection, type SqliteDriver, sqliteDriver } from "./sqlite-driver.ts";
import { SqliteFacts } from "./sqlite-facts.ts";
import { checkDatabase, copyDatabase, openDatabase } from "./sqlite-file.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { SqlitePageCache } from "./sqlite-page-cache.ts";
import { SqliteProofs } from "./sqlite-proofs.ts";
import { addPruned, firstPruneStep, type PruneSlice, type PruneStep, SqlitePrune } from "./sqlite-prune.ts";
import { SqliteReadings } from "./sqlite-readings.ts";
import { checkPresent } from "./sqlite-schema.ts";
import { SqliteSession } from "./sqlite-session.ts";
import { SqliteWatch } from "./sqlite-watch.ts";
import type { StoreFigures } from "./store-messages.ts";

type Part<K extends keyof Store> = Store[K];

const count = <T>(items: readonly T[] | undefined, put: (item: T) => boolean): number => {
  let changed = 0;
  for (const item of items ?? []) if (put(item)) changed++;
  return changed;
};

/** A page that changed often meanwhile is copied once. */
const checkpointEvery = 1_800_000;
/** The log grows no further than this, unless a query holds an old state. */
const mostWalBytes = 16 * 1024 * 1024;

const walBytes = (path: string): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

export class SqliteStore implements Store {
  readonly #path: string;
  readonly #session: SqliteSession;
  readonly #readings: SqliteReadings;
  readonly #facts: SqliteFacts;
  readonly #journal: SqliteJournal;
  readonly #wall: () => Millis;
  readonly #prune: SqlitePrune;
  readonly #watch: SqliteWatch;
  readonly #cache: SqlitePageCache;
  #checkpointed = performance.now();

  constructor(path: string, session: SqliteSession, wall: () => Millis) {
    this.#path = path;
    this.#session = session;
    this.#wall = wall;
    this.#watch = new SqliteWatch(path);
    this.#cache = new SqlitePageCache(session.db);
    this.#readings = new SqliteReadings(session);
    this.#prune = new SqlitePrune(session, this.#readings.resolutions);
    this.#journal = new SqliteJournal(session);
    this.#facts = new SqliteFacts(session, (point, change) => this.#journal.note(point, change, this.#wall()));
  }

  readonly write: Part<"write"> = async (batch) => {
    checkBatch(batch);
    return this.writePacked(batch, packReadings(batch.readings ?? []));
  };

  /** The same for readings that come from another thread; those of `batch` are not looked at. */
  readonly writePacked = async (batch: StoreBatch, readings: PackedReadings): Promise<StoreResult> =>
    this.#change(() => this.#put(batch, readings));

  /** Several writes in one transaction, which waits for the disk once: all of them or, if it throws, none. */
  readonly writeTogether = async (
    writes: readonly (readonly [batch: StoreBatch, readings: PackedReadings])[],
  ): Promise<readonly StoreResult[]> =>
    this.#change(() => writes.map(([batch, readings]) => this.#put(batch, readings)));

  /** Inside a transaction. */
  #put(batch: StoreBatch, readings: PackedReadings): StoreResult {
    const now = this.#wall();
    const [ofIntervals, ofRegisters] = [new SqliteProofs(this.#session), new SqliteProofs(this.#session)];
    for (const { point, name, text } of batch.memos ?? []) this.#setMemo(point, name, text);
    const result = {
      readings: this.#readings.insert(readings),
      intervals: count(batch.intervals, (interval) => this.#facts.putInterval(interval, now, ofIntervals)),
      registers: count(batch.registers, (state) => this.#facts.putRegister(state, ofRegisters)),
      events: count(batch.events, (event) => this.#facts.putEvent(storableEvent(event))),
      devices: count(batch.devices, (device) => this.#facts.putDevice(device)),
    };
    ofIntervals.drop();
    this.#readings.resolutions.finish();
    this.#cache.fit(this.#session.points);
    return { ...result, journal: this.#journal.range().newest };
  }

  readonly history: Part<"history"> = async (point, grid) => this.#readings.history(this.#session.point(point), grid);

  readonly series: Part<"series"> = async (point, grid, keys) =>
    this.#readings.series(this.#session.point(point), grid, keys);

  readonly readings: Part<"readings"> = async (point, query) =>
    this.#readings.readings(this.#session.point(point), query);

  readonly lastRegisters: Part<"lastRegisters"> = async (point) =>
    this.#readings.lastRegisters(this.#session.point(point));

  readonly allLastRegisters: Part<"allLastRegisters"> = async () => this.#readings.allLastRegisters();

  readonly intervals: Part<"intervals"> = async (point, query) => this.#facts.intervals(point, query);
  readonly intervalSums: Part<"intervalSums"> = async (point, channel, bounds) =>
    this.#facts.sums(point, channel, bounds);
  readonly intervalCoverage: Part<"intervalCoverage"> = async (points, channel, range) =>
    this.#facts.coverage(points, channel, range);
  readonly intervalGaps: Part<"intervalGaps"> = async (point, query) => this.#facts.gaps(point, query);
  readonly channels: Part<"channels"> = async (point) => this.#facts.channels(point);
  readonly intervalProof: Part<"intervalProof"> = async (point, channel, end) =>
    this.#facts.intervalProof(point, channel, end);
  readonly intervalProofs: Part<"intervalProofs"> = async (point, channel, ends) =>
    this.#facts.intervalProofs(point, channel, ends);
  readonly registers: Part<"registers"> = async (point, query) => this.#facts.registers(point, query);
  readonly registerProof: Part<"registerProof"> = async (point, state) => this.#facts.registerProof(point, state);
  readonly devices: Part<"devices"> = async (point) => this.#facts.devices(point);
  readonly events: Part<"events"> = async (point, query) => this.#facts.events(point, query);

  readonly memo: Part<"memo"> = async (point, name) => {
    const row = this.#session
      .prepare("SELECT text FROM memo WHERE meter = ? AND name = ?")
      .get(this.#session.point(point), name);
    return row === undefined ? undefined : String(row.text);
  };

  readonly allMemos: Part<"allMemos"> = async (name) => {
    const rows = this.#session
      .prepare("SELECT id, text FROM memo JOIN meter ON meter.key = memo.meter WHERE name = ?")
      .all(name);
    return new Map(rows.map(({ id, text }) => [String(id), String(text)]));
  };

  readonly journal: Part<"journal"> = async (query) => this.#journal.page(query);
  readonly cursor: Part<"cursor"> = async (reader) => this.#journal.cursor(reader);
  readonly setCursor: Part<"setCursor"> = async (reader, number) => this.#journal.setCursor(reader, number);
  readonly cursors: Part<"cursors"> = async () => this.#journal.cursors();

  readonly prune: Part<"prune"> = async (limits) => {
    let report: PruneReport = { readings: 0, minutes: 0, events: 0, journal: 0 };
    for (let step: PruneStep | undefined = firstPruneStep; step !== undefined; ) {
      const slice: PruneSlice = await this.pruneSlice(limits, step);
      report = addPruned(report, slice.report);
      step = slice.next;
    }
    return report;
  };

  /** A part of `prune` that takes some milliseconds. */
  readonly pruneSlice = async (limits: PruneLimits, step: PruneStep): Promise<PruneSlice> => {
    const slice = this.#change(() => this.#prune.slice(limits, step));
    if (limits.readings !== undefined && slice.report.readings > 0) this.#readings.deletedBefore(limits.readings);
    return slice;
  };

  readonly status: Part<"status"> = async (): Promise<StoreStatus> => ({
    kind: "sqlite",
    state: "ok",
    problem: null,
    ...this.figures(),
  });

  figures(): StoreFigures {
    return {
      bytes: statSync(this.#path).size + walBytes(this.#path),
      newestReading: this.#readings.newest(),
      journal: this.#journal.range(),
    };
  }

  /** What happened, if somebody deleted or replaced the file; this store must be closed and opened again then. */
  lost(): string | undefined {
    return this.#watch.look(this.#session.db, new Date(this.#wall()).toISOString().replace(/[:.]/g, "-"));
  }

  /** The files are those of this store. */
  settled(): void {
    this.#watch.note();
  }

  readonly backup: Part<"backup"> = async (path) => copyDatabase(this.#session.db, path);

  /** Looks for damage. @throws SQLite's error of a damaged file */
  readonly check = async (): Promise<void> => checkDatabase(this.#session.db);

  /** Copies changed pages from the log into the file. */
  checkpoint(): void {
    this.#checkpointed = performance.now();
    try {
      this.#session.prepare("PRAGMA wal_checkpoint(PASSIVE)").all();
    } catch {
      // What was written is safe in the log; a disk that is full or fails will refuse the next write.
    }
  }

  readonly close: Part<"close"> = async () => this.closeNow();

  /** May be called twice. */
  closeNow(): void {
    this.#session.close();
  }

  #change<T>(work: () => T): T {
    try {
      const result = this.#session.transaction(work);
      this.#checkpointIfDue();
      return result;
    } catch (error) {
      this.#readings.forget();
      throw error;
    }
  }

  /** Pages that changed often since the last checkpoint are copied into the file once. */
  #checkpointIfDue(): void {
    const due = performance.now() - this.#checkpointed > checkpointEvery || walBytes(this.#path) > mostWalBytes;
    if (!due) return;
    this.checkpoint();
  }

  #setMemo(point: string, name: string, text: string | null): void {
    const key = this.#session.makePoint(point);
    if (text === null) this.#session.prepare("DELETE FROM memo WHERE meter = ? AND name = ?").run(key, name);
    else this.#session.prepare("INSERT OR REPLACE INTO memo (meter, name, text) VALUES (?, ?, ?)").run(key, name, text);
  }
}

/** Where a store is, and what it is given. */
export interface SqliteSetting {
  readonly folder: string;
  readonly log: Log;
  readonly wall: () => Millis;
  readonly driver: SqliteDriver;
}

export interface OpenedStore {
  readonly store: SqliteStore;
  /** What happened to a damaged file, as a sentence. */
  readonly replaced: string | undefined;
}

const fileName = "meterport.db";

/**
 * Opens the store in `meterport.db` of a folder, created if there is none.
 *
 * @param known "damaged" if an error has just shown it
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openWriter = ({ folder, log, wall, driver }: SqliteSetting, known?: "damaged"): OpenedStore => {
  const path = join(folder, fileName);
  const { db, replaced } = openDatabase(path, log, wall(), driver, known);
  return { store: new SqliteStore(path, new SqliteSession(db), wall), replaced };
};

/** A second connection to a store that is open already: it only reads, except that a helper may write a copy elsewhere. */
export const openReader = ({ folder, wall, driver }: SqliteSetting, role: "reader" | "helper"): SqliteStore => {
  const path = join(folder, fileName);
  const db = driver(path);
  db.exec(role === "reader" ? "PRAGMA query_only = ON" : "PRAGMA cache_size = -1000");
  return new SqliteStore(path, new SqliteSession(db), wall);
};

/** The store on the thread of its caller, for tests and for work of which nobody waits. @throws as `openWriter` */
export const openLocalSqliteStore = (
  folder: string,
  log: Log,
  wall: () => Millis,
  driver: SqliteDriver = sqliteDriver(),
): SqliteStore => openWriter({ folder, log, wall, driver }).store;

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
    return new SqliteStore(path, new SqliteSession(db), wall);
  } catch (cause) {
    db?.close();
    if (cause instanceof UsageError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("data-folder", `cannot read the database ${path}: ${reason}; run this as the daemon's user`, {
      cause,
    });
  }
};
