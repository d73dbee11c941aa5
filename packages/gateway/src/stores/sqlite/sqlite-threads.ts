/** The SQLite store on threads of its own, so that neither a slow disk nor a locked file stops those who talk to meters. */
import type { Log } from "@meterport/engine/ports/log";
import type { PruneReport, Store, StoreResult, StoreStatus } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { checkBatch } from "../checked-batch.ts";
import { packReadings } from "./packed-readings.ts";
import { isDamage } from "./sqlite-errors.ts";
import { checkedBytes } from "./sqlite-file.ts";
import { addPruned, firstPruneStep, type PruneSlice, type PruneStep } from "./sqlite-prune.ts";
import type { StoreCondition, StoreFigures, StoreMethod, StorePart, StoreThreadData } from "./store-messages.ts";
import { StoreThread } from "./store-thread.ts";

export interface SqliteThreadOptions {
  readonly folder: string;
  readonly log: Log;
  readonly wall: () => Millis;
  readonly driver?: StoreThreadData["driver"] | undefined;
}

/** A query waits this long for writes that were called before it. */
const queryPatience: Millis = 250;
/** An answer that takes longer is told in the status. */
const longestWrite: Millis = 2_000;
/** What is not written by then is the keeper's to tell. */
const closePatience: Millis = 1_500;

type Part<K extends keyof Store> = Store[K];

class ThreadedSqliteStore implements Store {
  readonly #options: SqliteThreadOptions;
  readonly #writer: StoreThread;
  readonly #reader: StoreThread;
  readonly #helpers = new Set<StoreThread>();
  #figures: StoreFigures = { bytes: null, newestReading: null, journal: { oldest: null, newest: 0 } };
  #condition: StoreCondition = { state: "ok", problem: null };
  /** When the writes that are not answered yet were called; the oldest first. */
  readonly #writes = new Set<{ readonly since: Millis }>();
  #written: Promise<unknown> = Promise.resolve();

  constructor(options: SqliteThreadOptions) {
    this.#options = options;
    this.#writer = this.#thread("writer");
    this.#reader = this.#thread("reader");
  }

  async open(): Promise<void> {
    await this.#writer.start();
    this.#reader.start().catch(() => {});
    // Smaller files were checked before. A large one takes as long as reading all of it, and nobody waits for that.
    if ((this.#figures.bytes ?? 0) > checkedBytes)
      this.#help("check", []).catch((error: unknown) => this.#suspect(error));
  }

  readonly write: Part<"write"> = async (batch) => {
    checkBatch(batch);
    const { readings = [], ...facts } = batch;
    return this.#change<StoreResult>("writePacked", [facts, packReadings(readings)]);
  };
  readonly setCursor: Part<"setCursor"> = (reader, number) => this.#change<void>("setCursor", [reader, number]);
  readonly prune: Part<"prune"> = async (limits) => {
    let report: PruneReport = { readings: 0, minutes: 0, events: 0, journal: 0 };
    for (let step: PruneStep | undefined = firstPruneStep; step !== undefined; ) {
      const slice = (await this.#writer.call("pruneSlice", [limits, step])) as PruneSlice;
      report = addPruned(report, slice.report);
      step = slice.next;
    }
    return report;
  };

  readonly history: Part<"history"> = (point, grid) => this.#query("history", [point, grid]);
  readonly series: Part<"series"> = (point, grid, keys) => this.#query("series", [point, grid, keys]);
  readonly readings: Part<"readings"> = (point, query) => this.#query("readings", [point, query]);
  readonly lastRegisters: Part<"lastRegisters"> = (point) => this.#query("lastRegisters", [point]);
  readonly allLastRegisters: Part<"allLastRegisters"> = () => this.#query("allLastRegisters", []);
  readonly intervals: Part<"intervals"> = (point, query) => this.#query("intervals", [point, query]);
  readonly intervalSums: Part<"intervalSums"> = (point, channel, bounds) =>
    this.#query("intervalSums", [point, channel, bounds]);
  readonly intervalCoverage: Part<"intervalCoverage"> = (points, channel, range) =>
    this.#query("intervalCoverage", [points, channel, range]);
  readonly intervalGaps: Part<"intervalGaps"> = (point, query) => this.#query("intervalGaps", [point, query]);
  readonly channels: Part<"channels"> = (point) => this.#query("channels", [point]);
  readonly intervalProof: Part<"intervalProof"> = (point, channel, end) =>
    this.#query("intervalProof", [point, channel, end]);
  readonly intervalProofs: Part<"intervalProofs"> = (point, channel, ends) =>
    this.#query("intervalProofs", [point, channel, ends]);
  readonly registers: Part<"registers"> = (point, query) => this.#query("registers", [point, query]);
  readonly registerProof: Part<"registerProof"> = (point, state) => this.#query("registerProof", [point, state]);
  readonly devices: Part<"devices"> = (point) => this.#query("devices", [point]);
  readonly events: Part<"events"> = (point, query) => this.#query("events", [point, query]);
  readonly memo: Part<"memo"> = (point, name) => this.#query("memo", [point, name]);
  readonly allMemos: Part<"allMemos"> = (name) => this.#query("allMemos", [name]);
  readonly journal: Part<"journal"> = (query) => this.#query("journal", [query]);
  readonly cursor: Part<"cursor"> = (reader) => this.#query("cursor", [reader]);
  readonly cursors: Part<"cursors"> = () => this.#query("cursors", []);

  readonly backup: Part<"backup"> = async (path) => {
    await this.#help("backup", [path]);
  };

  readonly status: Part<"status"> = async (): Promise<StoreStatus> => {
    const [oldest] = this.#writes;
    const waited = oldest === undefined ? 0 : performance.now() - oldest.since;
    const slow: StoreCondition = {
      state: "busy",
      problem: `a write has been waiting for ${Math.round(waited / 1000)} s: the disk is slow or busy`,
    };
    const { state } = this.#condition;
    const condition = waited > longestWrite && (state === "ok" || state === "replaced") ? slow : this.#condition;
    return { kind: "sqlite", ...condition, ...this.#figures };
  };

  readonly close: Part<"close"> = async () => {
    // The last connection that closes empties the write-ahead log: that is the writer's.
    await Promise.all([this.#reader, ...this.#helpers].map((thread) => thread.close(closePatience / 3)));
    await this.#writer.close(closePatience);
  };

  async #change<T>(method: StoreMethod, args: readonly unknown[]): Promise<T> {
    const mark = { since: performance.now() };
    this.#writes.add(mark);
    const result = this.#writer.call(method, args);
    this.#written = result.catch(() => {});
    try {
      return (await result) as T;
    } finally {
      this.#writes.delete(mark);
    }
  }

  /** Queries see what was written before they were called, unless the file is locked. */
  async #query<K extends StorePart>(method: K, args: Parameters<Store[K]>): Promise<Awaited<ReturnType<Store[K]>>> {
    if (this.#writes.size > 0) await this.#turn();
    try {
      return (await this.#reader.call(method, args)) as Awaited<ReturnType<Store[K]>>;
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#suspect(error);
      return (await this.#reader.call(method, args)) as Awaited<ReturnType<Store[K]>>;
    }
  }

  async #turn(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, queryPatience);
    });
    await Promise.race([this.#written, late]);
    clearTimeout(timer);
  }

  async #help(method: "check" | "backup", args: readonly unknown[]): Promise<void> {
    const helper = this.#thread("helper");
    this.#helpers.add(helper);
    try {
      await helper.call(method, args);
    } finally {
      this.#helpers.delete(helper);
      await helper.close(closePatience / 3);
    }
  }

  /** A query or the check found damage: the writer looks for itself. */
  async #suspect(error: unknown): Promise<void> {
    if (isDamage(error)) await this.#writer.call("check", []);
  }

  #thread(role: StoreThreadData["role"]): StoreThread {
    const { folder, log, wall, driver = "any" } = this.#options;
    if (role !== "writer") return new StoreThread({ data: { role, folder, driver }, log, wall });
    return new StoreThread({
      data: { role, folder, driver },
      log,
      wall,
      onFigures: (figures) => {
        this.#figures = figures;
      },
      onCondition: (condition) => {
        const replaced = condition.state === "replaced" && this.#condition.problem !== condition.problem;
        this.#condition = condition;
        // The reader still has the file that was set aside.
        if (replaced) this.#reader.call("reopen", []).catch(() => {});
      },
    });
  }
}

/**
 * Opens the store in `meterport.db` of a folder, created if there is none, on threads of its own.
 *
 * @throws UsageError if the folder cannot be written or a newer Meterport wrote the file
 */
export const openSqliteStore = async (folder: string, log: Log, wall: () => Millis): Promise<Store> =>
  openThreadedSqliteStore({ folder, log, wall });

/** The same with a chosen driver. */
export const openThreadedSqliteStore = async (options: SqliteThreadOptions): Promise<Store> => {
  const store = new ThreadedSqliteStore(options);
  await store.open();
  return store;
};
