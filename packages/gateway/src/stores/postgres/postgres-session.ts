/** The connections to the database: one for writing, a few for reading, and what both have in common. */
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Pool } from "pg";
import { type Driver, poolOf } from "./postgres-driver.ts";
import { failureOf, PostgresError, refusalOf } from "./postgres-failure.ts";
import { bound, type Run } from "./postgres-run.ts";
import { checkPresent, migrate } from "./postgres-schema.ts";
import { PostgresStatements } from "./postgres-statements.ts";
import type { PostgresPlace } from "./postgres-url.ts";

/** Readers beside the one connection that writes. */
const readers = 3;

/** More calls than this wait for nobody: the caller keeps its values and tries again. */
const mayWait = 1_000;

export interface SessionOptions {
  readonly log: Log;
  /** Milliseconds that a connection may take to be there. */
  readonly connect?: Millis | undefined;
  /** Nothing is created or migrated, and writing fails. */
  readonly readOnly?: boolean | undefined;
}

const snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

export class PostgresSession {
  readonly #place: PostgresPlace;
  readonly #readOnly: boolean;
  readonly #log: Log;
  readonly #writer: Pool;
  readonly #readers: Pool;
  readonly #statements = new PostgresStatements("meterport", bound);
  #tail: Promise<unknown> = Promise.resolve();
  readonly #pending = new Set<Promise<unknown>>();
  #migrated: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  /** What failed last, for writing and for reading. */
  readonly #problems = new Map<Pool, PostgresError | UsageError>();

  constructor(place: PostgresPlace, driver: Driver, { log, connect, readOnly = false }: SessionOptions) {
    this.#readOnly = readOnly;
    this.#place = place;
    this.#log = log;
    this.#writer = poolOf(driver, place, 1, connect);
    this.#readers = poolOf(driver, place, readers, connect);
  }

  /** Why writing fails although the database is there; undefined if it works. */
  get writeProblem(): Error | undefined {
    const problem = this.#problems.get(this.#writer);
    return problem instanceof PostgresError && problem.kind === "away" ? undefined : problem;
  }

  /** All or nothing, after all writes that were begun before. */
  write<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const before = this.#tail;
    const done = this.#noted(async () => {
      await before;
      return this.#within(this.#writer, this.#readOnly ? snapshot : "BEGIN", work);
    });
    this.#tail = done.catch(() => before);
    return done;
  }

  /** Sees all writes that were begun before, and one state of the database however many statements it has. */
  read<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const before = this.#tail;
    return this.#noted(async () => {
      await before;
      return this.#within(this.#readers, snapshot, work);
    });
  }

  /** The same without waiting for writes. */
  now<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.#noted(() => this.#within(this.#readers, snapshot, work));
  }

  /** Connects, and brings the schema to the present version, unless that is done. */
  async ready(): Promise<void> {
    this.#migrated ??= this.#migrate();
    await this.#migrated;
  }

  /** Ends what was begun. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled(this.#pending).then(async () => {
      await Promise.all([this.#writer.end(), this.#readers.end()]);
    });
    return this.#closed;
  }

  #noted<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined)
      return Promise.reject(new UsageError("closed", "the store has been closed already"));
    if (this.#pending.size >= mayWait)
      return Promise.reject(
        new PostgresError("busy", `${mayWait} calls are already waiting for the database ${this.#place.shown}`),
      );
    const done = work().finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    return done;
  }

  async #migrate(): Promise<void> {
    try {
      const tell = (sentence: string): void => this.#log.info(`store: ${sentence}`);
      const step = this.#readOnly ? checkPresent : migrate;
      await this.#with(this.#writer, (run) => step(run, this.#place, tell));
    } catch (error) {
      // The next call tries again.
      this.#migrated = undefined;
      throw error;
    }
  }

  async #within<T>(pool: Pool, begin: string, work: (run: Run) => Promise<T>): Promise<T> {
    await this.ready();
    return this.#with(pool, async (run) => {
      await run(begin);
      const result = await work(run);
      await run("COMMIT");
      return result;
    });
  }

  async #with<T>(pool: Pool, work: (run: Run) => Promise<T>): Promise<T> {
    const result = await this.#statements.on(pool, work, (error) => this.#failed(pool, error));
    this.#works(pool);
    return result;
  }

  #works(pool: Pool): void {
    if (this.#problems.delete(pool) && this.#problems.size === 0)
      this.#log.info(`store: the database ${this.#place.shown} works again`);
  }

  /** A lasting problem is logged once. */
  #failed(pool: Pool, error: unknown): Error {
    const refusal = pool === this.#writer ? refusalOf(error, this.#place) : undefined;
    if (refusal !== undefined) return refusal;
    const failure = failureOf(error, this.#place);
    if (failure instanceof PostgresError || failure instanceof UsageError) {
      const isKnown = [...this.#problems.values()].some(({ message }) => message === failure.message);
      if (!isKnown) this.#log.error(`store: ${failure.message}`);
      this.#problems.set(pool, failure);
    }
    return failure;
  }
}
