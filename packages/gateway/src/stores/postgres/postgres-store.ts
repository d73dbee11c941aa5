/** The store in a PostgreSQL database. */
import type { Store, StoreBatch, StoreResult, StoreStatus } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { checkBatch } from "../checked-batch.ts";
import { type LoadDriver, postgresDriver } from "./postgres-driver.ts";
import { type Batch, putDevices, putEvents, putIntervals, putMemos, putRegisters } from "./postgres-facts.ts";
import { PostgresError } from "./postgres-failure.ts";
import {
  cursorOf,
  cursorsOf,
  type JournalRange,
  lockJournal,
  type Noted,
  noteAll,
  pageOf,
  rangeOf,
  setCursor,
} from "./postgres-journal.ts";
import { keysOf, Partitions } from "./postgres-keys.ts";
import { pruneAll } from "./postgres-prune.ts";
import {
  allMemosOf,
  channelsOf,
  coverageOf,
  devicesOf,
  eventsOf,
  intervalGapsOf,
  intervalsOf,
  memoOf,
  proofOf,
  proofsOf,
  registerProofOf,
  registersOf,
  sumsOf,
} from "./postgres-queries.ts";
import {
  allLastRegistersOf,
  historyOf,
  insertReadingsOf,
  lastRegistersOf,
  readingsOf,
  seriesOf,
} from "./postgres-readings.ts";
import type { Run } from "./postgres-run.ts";
import { PostgresSession, type SessionOptions } from "./postgres-session.ts";
import { hasMonths, hypertableSize } from "./postgres-timescale.ts";
import { parsePostgresUrl } from "./postgres-url.ts";

type Part<K extends keyof Store> = Store[K];

/** Bytes of all tables and indexes of the schema, and of readings that TimescaleDB keeps elsewhere. */
const sizeOf = async (run: Run): Promise<number> => {
  const { rows } = await run(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::float8 AS bytes FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'",
    [],
  );
  return Number(rows[0]?.bytes) + ((await hasMonths(run)) ? 0 : await hypertableSize(run));
};

const pointsOf = ({ readings, intervals, registers, events, devices, memos }: StoreBatch): readonly string[] =>
  [readings, intervals, registers, events, devices, memos].flatMap((list) => (list ?? []).map(({ point }) => point));

const longestPause: Millis = 30_000;

class PostgresStore implements Store {
  readonly #session: PostgresSession;
  readonly #wall: () => Millis;
  readonly #partitions = new Partitions();
  #range: JournalRange = { oldest: null, newest: 0, newestReading: null };

  constructor(session: PostgresSession, wall: () => Millis) {
    this.#session = session;
    this.#wall = wall;
  }

  readonly write: Part<"write"> = async (batch) => {
    checkBatch(batch);
    const now = this.#wall();
    try {
      return await this.#session.write((run) => this.#store(run, batch, now));
    } catch (error) {
      // What was made in it is gone.
      this.#partitions.forget();
      throw error;
    }
  };

  readonly history: Part<"history"> = (point, grid) => this.#session.read((run) => historyOf(run, point, grid));
  readonly series: Part<"series"> = (point, grid, keys) =>
    this.#session.read((run) => seriesOf(run, point, grid, keys));
  readonly readings: Part<"readings"> = (point, query) => this.#session.read((run) => readingsOf(run, point, query));
  readonly lastRegisters: Part<"lastRegisters"> = (point) => this.#session.read((run) => lastRegistersOf(run, point));
  readonly allLastRegisters: Part<"allLastRegisters"> = () => this.#session.read(allLastRegistersOf);
  readonly intervals: Part<"intervals"> = (point, query) => this.#session.read((run) => intervalsOf(run, point, query));
  readonly intervalSums: Part<"intervalSums"> = (point, channel, bounds) =>
    this.#session.read((run) => sumsOf(run, point, channel, bounds));
  readonly intervalCoverage: Part<"intervalCoverage"> = (points, channel, range) =>
    this.#session.read((run) => coverageOf(run, points, channel, range));
  readonly intervalGaps: Part<"intervalGaps"> = (point, query) =>
    this.#session.read((run) => intervalGapsOf(run, point, query));
  readonly channels: Part<"channels"> = (point) => this.#session.read((run) => channelsOf(run, point));
  readonly intervalProof: Part<"intervalProof"> = (point, channel, end) =>
    this.#session.read((run) => proofOf(run, point, channel, end));
  readonly intervalProofs: Part<"intervalProofs"> = (point, channel, ends) =>
    this.#session.read((run) => proofsOf(run, point, channel, ends));
  readonly registers: Part<"registers"> = (point, query) => this.#session.read((run) => registersOf(run, point, query));
  readonly registerProof: Part<"registerProof"> = (point, state) =>
    this.#session.read((run) => registerProofOf(run, point, state));
  readonly devices: Part<"devices"> = (point) => this.#session.read((run) => devicesOf(run, point));
  readonly events: Part<"events"> = (point, query) => this.#session.read((run) => eventsOf(run, point, query));
  readonly memo: Part<"memo"> = (point, name) => this.#session.read((run) => memoOf(run, point, name));
  readonly allMemos: Part<"allMemos"> = (name) => this.#session.read((run) => allMemosOf(run, name));
  readonly journal: Part<"journal"> = (query) => this.#session.read((run) => pageOf(run, query));
  readonly cursor: Part<"cursor"> = (reader) => this.#session.read((run) => cursorOf(run, reader));
  readonly cursors: Part<"cursors"> = () => this.#session.read(cursorsOf);
  readonly setCursor: Part<"setCursor"> = (reader, number) =>
    this.#session.write((run) => setCursor(run, reader, number));

  readonly prune: Part<"prune"> = (limits) => pruneAll(this.#session, limits, this.#partitions, this.#wall());

  /** Does not wait for writes: it is asked for when they fail. */
  readonly status: Part<"status"> = async (): Promise<StoreStatus> => {
    let bytes: number | null = null;
    let problem: Error | undefined;
    try {
      [this.#range, bytes] = await this.#session.now(async (run) => [await rangeOf(run), await sizeOf(run)] as const);
      problem = this.#session.writeProblem;
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
    }
    const isBusy = problem instanceof PostgresError && problem.kind === "busy";
    const { oldest, newest, newestReading } = this.#range;
    return {
      kind: "postgres",
      state: problem === undefined ? "ok" : isBusy ? "busy" : "failing",
      problem: problem?.message ?? null,
      bytes,
      newestReading,
      journal: { oldest, newest },
    };
  };

  readonly backup: Part<"backup"> = async () => {
    throw new UsageError(
      "backup",
      "a store in PostgreSQL is copied by PostgreSQL's own tools: use pg_dump or pg_basebackup",
    );
  };

  /** Resolves when the database is reached; until then it asks again, with pauses that grow. @throws UsageError if it refuses us */
  readonly reached = async (clock: Clock): Promise<void> => {
    for (let pause = 1_000; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        await this.#session.ready();
        return;
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
      }
      await new Promise<void>((resolve) => clock.at(clock.now() + pause, resolve));
    }
  };

  readonly close: Part<"close"> = () => this.#session.close();

  async #store(run: Run, batch: StoreBatch, now: Millis): Promise<StoreResult> {
    const newest = await lockJournal(run);
    const noted: Noted[] = [];
    const shared: Batch = {
      run,
      now,
      point: await keysOf(run, "point", pointsOf(batch)),
      channel: await keysOf(
        run,
        "channel",
        (batch.intervals ?? []).map(({ channel }) => channel),
      ),
      partitions: this.#partitions,
      note: (point, change) => noted.push({ point, change }),
    };
    await putMemos(shared, batch.memos ?? []);
    const readings = await insertReadingsOf(run, batch.readings ?? [], shared.point, this.#partitions);
    const result = {
      readings: readings.count,
      intervals: await putIntervals(shared, batch.intervals ?? []),
      registers: await putRegisters(shared, batch.registers ?? []),
      events: await putEvents(shared, batch.events ?? []),
      devices: await putDevices(shared, batch.devices ?? []),
      journal: await noteAll(run, newest, now, noted),
    };
    if (noted.length > 0 || readings.newest !== null)
      await run("UPDATE state SET journal = $1, newest_reading = greatest(newest_reading, $2::bigint)", [
        result.journal,
        readings.newest,
      ]);
    return result;
  }
}

export interface PostgresDeps extends SessionOptions {
  readonly wall: () => Millis;
  /** Replaced by tests. */
  readonly load?: LoadDriver | undefined;
}

/**
 * The store at a URL such as `postgres://user:password@host/database?schema=meterport`. If the database is not reached
 * now, that is in the log, and each call tries again.
 *
 * @throws UsageError if the URL is wrong, the package pg is missing, or the database refuses us
 */
export const openPostgresStore = async (
  url: string,
  { wall, load, ...options }: PostgresDeps,
): Promise<PostgresStore> => {
  const place = parsePostgresUrl(url);
  const session = new PostgresSession(place, await postgresDriver(load), options);
  try {
    await session.ready();
  } catch (error) {
    if (!(error instanceof PostgresError)) {
      await session.close();
      throw error;
    }
  }
  return new PostgresStore(session, wall);
};
