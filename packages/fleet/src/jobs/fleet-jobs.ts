/** The role `jobs` of a process: offers what is due, and does what it gets. Any number of them share the work. */
import {
  type FleetRetention,
  type GapSettings,
  usualGaps,
  usualRetention,
} from "@meterport/gateway/settings/fleet-settings";
import { troubleOf } from "@meterport/gateway/stores/postgres/postgres-failure";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { Database } from "../books/database.ts";
import { checkFleet, checkPresent } from "../books/migrate.ts";
import { tellText } from "../shards/news.ts";
import { NewsEar, postgresEar } from "../shards/news-ear.ts";
import type { Duty, DutyParts } from "./duty.ts";
import { deliverDuty, exportDuty } from "./export-duties.ts";
import { JobEngine } from "./job-engine.ts";
import { readDatabaseTime } from "./sql/due-jobs.ts";
import { usualDuties } from "./usual-duties.ts";
import { type VeeDutySettings, veeDuty } from "./vee-duty.ts";

/** Between two looks at what is due. */
const lookPeriod: Millis = 20_000;
/** Without a look for so long something is wrong. */
const lookLimit: Millis = 120_000;

export interface JobsOptions {
  /** `postgres://user:password@host/database?schema=fleet`; may hold a password. */
  readonly url: string;
  /** Id of the fleet that lives there. */
  readonly fleet: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Name of this process, shown in the list of the job engine. */
  readonly name: string;
  /** A number from 0 to 1, so that many who try again do not knock together; always 0 if omitted. */
  readonly chance?: (() => number) | undefined;
  /** Where files of exports wait for their targets, of this process alone. Without it this process delivers none. */
  readonly folder?: string | undefined;
  readonly gaps?: GapSettings | undefined;
  readonly vee?: VeeDutySettings | undefined;
  readonly retention?: FleetRetention | undefined;
  /** For tests: how often the engine looks and how soon it tries again, and the time of the database. */
  readonly pollSeconds?: number | undefined;
  readonly firstPause?: number | undefined;
  readonly now?: (() => Promise<Millis>) | undefined;
}

/** What readiness depends on, for `GET /ready`. */
export interface JobsReady {
  readonly name: "jobs";
  readonly ready: boolean;
  /** One sentence; null if nothing is wrong. */
  readonly problem: string | null;
  readonly figures: Readonly<Record<string, number | string | null>>;
}

export interface RunningJobs {
  readonly stop: () => Promise<void>;
  readonly ready: () => JobsReady;
  /** Offers what is due at once instead of within seconds. */
  readonly look: () => Promise<void>;
}

/** Offers what is due, again and again. */
class Calendar {
  readonly #duties: readonly Duty[];
  readonly #parts: DutyParts;
  readonly #engine: JobEngine;
  readonly #clock: Clock;
  #cancel: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #lookedAt: Millis;
  #problem: string | null = null;
  #trouble: string | null = null;
  #isStopped = false;
  #isWanted = false;

  constructor(duties: readonly Duty[], parts: DutyParts, engine: JobEngine, clock: Clock) {
    this.#duties = duties;
    this.#parts = parts;
    this.#engine = engine;
    this.#clock = clock;
    this.#lookedAt = clock.now();
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  /** Once, however often it is asked for before that begins. */
  soon(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    void this.#looking.then(() => {
      this.#isWanted = false;
      return this.look();
    });
  }

  begin(): void {
    void this.look().then(() => {
      if (!this.#isStopped) this.#cancel = this.#clock.at(this.#clock.now() + lookPeriod, () => this.begin());
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#looking;
  }

  ready(): JobsReady {
    const silent = this.#clock.now() - this.#lookedAt;
    const problem = silent > lookLimit ? (this.#problem ?? "nobody has looked for what is due lately") : null;
    return { name: "jobs", ready: problem === null, problem, figures: { looked_s: Math.round(silent / 1_000) } };
  }

  async #look(): Promise<void> {
    if (this.#isStopped) return;
    const { database, now, log } = this.#parts;
    try {
      const time = await now();
      for (const { name, due } of this.#duties) await this.#engine.offer(name, await due(database.run, time));
      if (this.#problem !== null) log("what is due is known again");
      this.#problem = this.#trouble = null;
      this.#lookedAt = this.#clock.now();
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      if (troubleOf(error) !== this.#trouble) log(`what is due is not known: ${this.#problem}`);
      this.#trouble = troubleOf(error);
    }
  }
}

/**
 * Starts the role.
 *
 * @param more duties beside the usual ones
 * @throws UsageError if the database holds no fleet, another one, or that of another version; PostgresError
 */
export const startJobs = async (
  options: JobsOptions,
  more: (parts: DutyParts) => readonly Duty[] = () => [],
): Promise<RunningJobs> => {
  const {
    url,
    fleet,
    clock,
    log,
    name,
    gaps = usualGaps,
    retention = usualRetention,
    pollSeconds,
    firstPause,
    chance = () => 0,
    folder,
  } = options;
  const database = await Database.open(url);
  let engine: JobEngine | undefined;
  try {
    await checkPresent(database);
    const { shards } = await checkFleet(database, fleet);
    const now = options.now ?? (async () => Number((await database.run(readDatabaseTime)).rows[0]?.now));
    const parts: DutyParts = { database, now, shards, log };
    const duties = [
      ...usualDuties(parts, gaps, retention),
      ...[veeDuty(parts, options.vee), exportDuty(parts)],
      ...(folder === undefined ? [] : [deliverDuty({ ...parts, clock, chance, folder })]),
      ...more(parts),
    ];
    const started = await JobEngine.start({
      place: database.place,
      clock,
      onProblem: log,
      pollSeconds,
      firstPause,
      name,
    });
    engine = started;
    for (const { name: queue, atOnce, due, perform } of duties)
      await started.work(queue, atOnce, async (key, signal) => {
        // Another process may have done it between being due and being offered.
        if ((await due(database.run, await now())).includes(key)) await perform(key, signal);
      });
    const calendar = new Calendar(duties, parts, started, clock);
    calendar.begin();
    const ear = new NewsEar({
      open: postgresEar(database.place),
      send: (text) => tellText(database.run, text),
      onNews: ({ kind }) => {
        if (kind === "jobs") calendar.soon();
      },
      ...{ name: `${name} jobs`, clock },
    });
    return {
      ready: () => calendar.ready(),
      look: () => calendar.look(),
      stop: async () => {
        const deaf = ear.stop();
        await calendar.stop();
        await started.stop();
        await deaf;
        await database.close();
      },
    };
  } catch (error) {
    await engine?.stop().catch(() => {});
    await database.close();
    throw error;
  }
};
