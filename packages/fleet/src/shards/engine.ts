/**
 * The job engine of a fleet: the only file that knows pg-boss. A shard is a job that never ends, and the heartbeat of that job is the lease.
 *
 * The engine's workers are not used: one of them polls and beats for each shard. Fetching and beating for all shards of a process at once
 * takes two statements instead of hundreds, and lets a holder change its mind about how many it wants.
 */
import { failureOf } from "@meterport/gateway/stores/postgres/postgres-failure";
import type { PostgresPlace } from "@meterport/gateway/stores/postgres/postgres-url";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type Clock as EngineClock, PgBoss } from "pg-boss";
import { forgetHolders, mendHolders, mendJobs, mendQueue, readHolders, sayAlive, sayEnd } from "./sql/hold.ts";

/** Seconds without a heartbeat after which a shard is free for others; the engine's lower limit. */
export const heartbeatSeconds = 10;
/** Between two heartbeats. */
export const heartbeatPeriod: Millis = 3_000;
/** A holder that was not seen for so many seconds counts no more. Less than the heartbeat, so that others make room before its shards are free. */
const liveSeconds = 8;

const queue = "tend";
const forgottenSeconds = 86_400;

/** Nothing of a shard's job may end by itself: not its tries, not its retention. */
const tendQueue = {
  policy: "exclusive",
  heartbeatSeconds,
  expireInSeconds: 23 * 3_600,
  retryLimit: 2_000_000_000,
  retryDelay: 0,
  retentionSeconds: 10 * 365 * 86_400,
  deleteAfterSeconds: 3_600,
} as const;

/** A shard that this process holds until its heartbeat stops. */
export interface Claim {
  readonly shard: number;
  /** The job. */
  readonly id: string;
  /** Rises each time the job is taken. One that comes with an older number changes nothing. */
  readonly attempt: number;
}

/** A process that holds shards. */
export interface HolderRow {
  readonly holder: string;
  /** Where its own API answers. */
  readonly address: string;
  readonly version: string;
  /** Milliseconds since 1970, by the database's clock. */
  readonly seen: Millis;
}

/** What a holder says of itself. */
export interface AliveWord extends Omit<HolderRow, "seen"> {
  /** Shown by other processes that pass requests on to it; nobody can if omitted. */
  readonly pass?: string | undefined;
  /** Number of the fleet's key that it was given. */
  readonly key?: number | undefined;
}

export interface EngineOptions {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  /** What went wrong in the background, each once until something else does. */
  readonly onProblem: (sentence: string) => void;
  /** Tests bring the engine's own, which also moves the time of the database. */
  readonly engineClock?: EngineClock | undefined;
  /** Shows in the engine's list of instances. */
  readonly name?: string | undefined;
}

/** The engine adds times of its clock to waits: with the wall clock, a step back by an hour would stop its supervision for that hour. */
export const steadyClock = (clock: Clock): EngineClock => {
  const began = clock.wall() - clock.now();
  const cancel = (timer: unknown) => (timer as (() => void) | undefined)?.();
  return {
    now: () => Math.round(began + clock.now()),
    setTimeout: (task, wait) => clock.at(clock.now() + wait, task),
    clearTimeout: cancel,
    setInterval: (task, period) => {
      let stop = (): void => {};
      const arm = (): void => {
        stop = clock.at(clock.now() + period, () => {
          arm();
          task();
        });
      };
      arm();
      return () => stop();
    },
    clearInterval: cancel,
  };
};

interface TendJob {
  readonly id: string;
  readonly data: { readonly shard: number };
  readonly retryCount: number;
}

const attemptOf = ({ id, attempt }: Claim) => ({ id, retryCount: attempt });

export class ShardEngine {
  readonly #boss: PgBoss;
  readonly #place: PostgresPlace;
  readonly #jobs: string;
  #problem = "";

  private constructor(options: EngineOptions) {
    const { place, clock, engineClock, name, onProblem } = options;
    this.#place = place;
    this.#jobs = `${place.schema}_jobs`;
    // Silence ends a statement, or a dead network would hold a heartbeat for the time of a TCP connection.
    const pool = { keepAlive: true, query_timeout: 20_000 };
    this.#boss = new PgBoss({
      ...pool,
      connectionString: place.connection,
      connectionTimeoutMillis: 5_000,
      max: 4,
      schema: this.#jobs,
      clock: engineClock ?? steadyClock(clock),
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      schedule: false,
      ...(name === undefined ? {} : { instanceName: name }),
    });
    const tell = (sentence: string): void => {
      if (sentence === this.#problem) return;
      this.#problem = sentence;
      onProblem(sentence);
    };
    this.#boss.on("error", (error) => tell(failureOf(error, place).message));
    this.#boss.on("warning", ({ message }) => tell(`the job engine in ${place.shown} warns: ${message}`));
  }

  /**
   * Makes the engine's own schema beside that of the fleet if it is not there, and starts to supervise the heartbeats of all holders.
   *
   * @throws UsageError, PostgresError
   */
  static async start(options: EngineOptions): Promise<ShardEngine> {
    const engine = new ShardEngine(options);
    try {
      await engine.#boss.start();
      await engine.#boss.createQueue(queue, tendQueue);
      return engine;
    } catch (error) {
      await engine.#boss.stop({ graceful: false }).catch(() => {});
      throw failureOf(error, options.place);
    }
  }

  /** Makes the job of each shard that has none. @throws PostgresError */
  async offer(shards: number): Promise<void> {
    const jobs = Array.from({ length: shards }, (_, shard) => ({ singletonKey: String(shard), data: { shard } }));
    await this.#do(() => this.#boss.insert(queue, jobs));
  }

  /** Takes up to `most` shards that nobody holds. @throws PostgresError */
  async take(most: number): Promise<readonly Claim[]> {
    const jobs = (await this.#do(() => this.#boss.fetch(queue, { batchSize: most }))) as readonly TendJob[];
    return jobs.map(({ id, data, retryCount }) => ({ shard: Number(data.shard), id, attempt: retryCount }));
  }

  /** Says that these are held on. Gives the ids of those that are; somebody else may have the others. @throws PostgresError */
  async keep(claims: readonly Claim[]): Promise<ReadonlySet<string>> {
    if (claims.length === 0) return new Set();
    const answer = await this.#do(() => this.#boss.touch(queue, claims.map(attemptOf)));
    // The engine's types leave it out. Without it nobody knows which are gone, and all are kept.
    const { settled } = answer as { readonly settled?: readonly string[] | null };
    return new Set(settled === undefined ? claims.map(({ id }) => id) : (settled ?? []));
  }

  /** Frees shards at once. It is a try that failed, so the same job waits for its next holder, and none can get lost between two. @throws PostgresError */
  async free(claims: readonly Claim[]): Promise<void> {
    if (claims.length > 0)
      await this.#do(() => this.#boss.fail(queue, claims.map(attemptOf), { message: "handed over" }));
  }

  /** A sign of life; gives the database's time in milliseconds since 1970. @throws PostgresError */
  async sayAlive({ holder, address, version, pass, key }: AliveWord): Promise<Millis> {
    const [row] = await this.#run(sayAlive, [holder, address, version, pass ?? null, key ?? null]);
    return 1_000 * Number(row?.now);
  }

  /** The holders that live, by their names. @throws PostgresError */
  async holders(): Promise<readonly HolderRow[]> {
    return (await this.#run(readHolders, [liveSeconds])).map(({ holder, address, version, seen }) => ({
      ...{ holder: String(holder), address: String(address), version: String(version) },
      seen: Number(seen),
    }));
  }

  /** Takes this holder out of the list, and those that died long ago. @throws PostgresError */
  async sayEnd(holder: string): Promise<void> {
    await this.#run(sayEnd, [holder]);
    await this.#run(forgetHolders, [forgottenSeconds]);
  }

  /** Sets times right that lie in the future, because the database's clock was set back. @throws PostgresError */
  async mendTimes(): Promise<void> {
    await this.#run(mendJobs, [queue]);
    await this.#run(mendQueue, [queue]);
    await this.#run(mendHolders, []);
  }

  /** Waits for the answers that are due. Shards that are held now are free after their heartbeat: free them before. */
  async stop(): Promise<void> {
    await this.#boss.stop({ timeout: 5_000 });
  }

  #run(text: string, values: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    // On the engine's connections, since they share its time.
    return this.#do(
      async () => (await this.#boss.getDb().executeSql(text.replaceAll("JOBS", `"${this.#jobs}"`), [...values])).rows,
    );
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#problem = "";
      return result;
    } catch (error) {
      throw failureOf(error, this.#place);
    }
  }
}
