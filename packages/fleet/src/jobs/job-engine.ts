/**
 * Ordinary jobs on the job engine of a fleet; beside the engine of shards the only file that knows pg-boss. A job is a name and a key, of which there is
 * one at a time in the whole fleet: what is to be done stands in the fleet's own tables, so a job that is lost is offered again.
 */
import { failureOf, troubleOf } from "@meterport/gateway/stores/postgres/postgres-failure";
import type { PostgresPlace } from "@meterport/gateway/stores/postgres/postgres-url";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type Job, PgBoss } from "pg-boss";
import { steadyClock } from "../shards/engine.ts";

/** Pauses after failures grow from the first to the last, and nothing is given up: the calendar would offer it again anyway. */
const jobQueue = {
  policy: "exclusive",
  heartbeatSeconds: 60,
  expireInSeconds: 3_600,
  retryLimit: 1_000_000,
  retryBackoff: true,
  retryDelayMax: 3_600,
  retentionSeconds: 14 * 86_400,
  deleteAfterSeconds: 3_600,
} as const;

const beatSeconds = 20;
/** Waits for jobs in progress when the process ends. */
const stopTimeout: Millis = 10_000;

export interface JobEngineOptions {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  /** What went wrong, each once until something else does. */
  readonly onProblem: (sentence: string) => void;
  /** Seconds between two looks for jobs; 5 if omitted. */
  readonly pollSeconds?: number | undefined;
  /** Seconds before a job that failed is tried again, at first; 30 if omitted. */
  readonly firstPause?: number | undefined;
  /** Shows in the engine's list of instances. */
  readonly name?: string | undefined;
}

/** Does a job; one that throws is done again later. */
export type Perform = (key: string, signal: AbortSignal) => Promise<void>;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class JobEngine {
  readonly #boss: PgBoss;
  readonly #place: PostgresPlace;
  readonly #pollSeconds: number;
  readonly #firstPause: number;
  readonly #stopping = new AbortController();
  /** Of this process, by the names of their jobs. */
  readonly #workers = new Map<string, string[]>();
  readonly #onProblem: (sentence: string) => void;
  /** The last failure of each job, so that each hour of the same is told once. */
  readonly #failures = new Map<string, string>();

  private constructor({ place, clock, onProblem, name, pollSeconds = 5, firstPause = 30 }: JobEngineOptions) {
    this.#place = place;
    this.#pollSeconds = pollSeconds;
    this.#firstPause = firstPause;
    this.#boss = new PgBoss({
      ...{ keepAlive: true, query_timeout: 20_000, connectionTimeoutMillis: 5_000, max: 3 },
      connectionString: place.connection,
      schema: `${place.schema}_jobs`,
      clock: steadyClock(clock),
      superviseIntervalSeconds: 10,
      monitorIntervalSeconds: 10,
      schedule: false,
      ...(name === undefined ? {} : { instanceName: name }),
    });
    let trouble = "";
    this.#onProblem = onProblem;
    const tell = (error: Error): void => {
      if (troubleOf(error) === trouble || this.#stopping.signal.aborted) return;
      trouble = troubleOf(error);
      onProblem(error.message);
    };
    this.#boss.on("error", (error) => tell(failureOf(error, place)));
    this.#boss.on("warning", ({ message }) => tell(new Error(`the job engine in ${place.shown} warns: ${message}`)));
  }

  /** Makes the engine's own schema if it is not there. @throws UsageError, PostgresError */
  static async start(options: JobEngineOptions): Promise<JobEngine> {
    const engine = new JobEngine(options);
    try {
      await engine.#boss.start();
      return engine;
    } catch (error) {
      await engine.#boss.stop({ graceful: false }).catch(() => {});
      throw failureOf(error, options.place);
    }
  }

  /** Takes jobs of a name from now on, so many at a time. @throws PostgresError */
  async work(name: string, atOnce: number, perform: Perform): Promise<void> {
    const options = { pollingIntervalSeconds: this.#pollSeconds, heartbeatRefreshSeconds: beatSeconds, batchSize: 1 };
    await this.#do(() => this.#boss.createQueue(name, { ...jobQueue, retryDelay: this.#firstPause }));
    for (let n = 0; n < atOnce; n++) {
      const worker = await this.#do(() =>
        this.#boss.work<{ readonly key: string }>(name, options, async ([job]) => {
          if (job === undefined) return;
          await this.#perform(name, job, perform);
          // More may wait, and the next look would be seconds away.
          this.#boss.notifyWorker(worker);
        }),
      );
      this.#workers.set(name, [...(this.#workers.get(name) ?? []), worker]);
    }
  }

  /** Offers jobs; those that wait or are in progress already are left alone. @throws PostgresError */
  async offer(name: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const jobs = keys.map((key) => ({ singletonKey: key, data: { key } }));
    await this.#do(() => this.#boss.insert(name, jobs));
    for (const worker of this.#workers.get(name) ?? []) this.#boss.notifyWorker(worker);
  }

  /** Ends jobs in progress: others take them. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the process ends"));
    await this.#boss.stop({ timeout: stopTimeout });
  }

  async #perform(name: string, { data, signal }: Job<{ readonly key: string }>, perform: Perform): Promise<void> {
    const key = String(data.key);
    const what = key === "" ? name : `${name} ${key}`;
    try {
      await perform(key, AbortSignal.any([signal, this.#stopping.signal]));
      this.#failures.delete(what);
    } catch (error) {
      const trouble = troubleOf(error);
      if (!this.#stopping.signal.aborted && this.#failures.get(what) !== trouble) {
        this.#failures.set(what, trouble);
        this.#onProblem(`the job ${what} failed and is tried again later: ${sentenceOf(error)}`);
      }
      throw error;
    }
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw failureOf(error, this.#place);
    }
  }
}
