/** Runs the jobs of one point when its line is idle, never two at a time. */
import { LinkError, MeterportError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { nextJob, type PointJob, restAfter } from "../plan/point-job.ts";
import type { Log } from "../ports/log.ts";
import type { JobRoom } from "./job-room.ts";

export interface JobRunnerOptions {
  /** Of the point, for the log. */
  readonly id: string;
  /** The first has the highest priority. */
  readonly jobs: readonly PointJob[];
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the line works and nobody reads live values now. */
  readonly idle: () => boolean;
  /** Shared with other points. What somebody waits for needs none. */
  readonly room?: Pick<JobRoom, "take"> | undefined;
}

/** Time for a job to notice that the point stops. */
const stopLimit: Millis = 3_000;

/** Somebody waits for a job to run once. */
interface Wanted {
  readonly index: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Nobody waits for more than these at one point. */
const mostWanted = 32;

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #failures: number[];
  readonly #resting: Millis[];
  #running: Promise<void> | undefined;
  #unschedule: () => void = () => {};
  /** Ends the waiting for room; undefined if it does not wait. */
  #unqueue: (() => void) | undefined;
  /** When it looks next; undefined while no look is planned. */
  #lookAt: Millis | undefined;
  #stopped = false;
  readonly #wanted: Wanted[] = [];

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#failures = options.jobs.map(() => 0);
    this.#resting = options.jobs.map(() => Number.NEGATIVE_INFINITY);
  }

  /**
   * Runs a job once as soon as the line is idle, whether it is due or not, before those that are.
   *
   * @throws what the job throws; LinkError if there is no such job, the point stops or too much is waiting
   */
  runNow(name: string): Promise<void> {
    const index = this.#options.jobs.findIndex((job) => job.name === name);
    return new Promise((done, failed) => {
      if (index < 0 || this.#stopped)
        failed(new LinkError("closed", name, "nothing of that name is read at this point"));
      else if (this.#wanted.length >= mostWanted)
        failed(new LinkError("queue-full", name, "too much waits for this meter"));
      else {
        this.#wanted.push({ index, done, failed });
        this.look();
      }
    });
  }

  /** Looks for what is due; called whenever the line has become idle. */
  look(): void {
    const { jobs, clock, idle } = this.#options;
    const busy = this.#stopped || this.#running !== undefined || !idle();
    const wanted = busy ? undefined : this.#wanted.shift();
    if (wanted !== undefined) {
      this.#lookAt = undefined;
      this.#unschedule();
      this.#running = this.#run(wanted.index, wanted);
      return;
    }
    const now = clock.now();
    const next = busy ? undefined : nextJob(jobs, now, this.#resting);
    // After most readings the next job is due when it was before.
    if (next !== undefined && next.at > now && next.at === this.#lookAt) return;
    this.#lookAt = undefined;
    this.#unschedule();
    if (next === undefined) return;
    if (next.at > now) this.#lookIn(next.at);
    else this.#enter(next.index);
  }

  /** Runs a job if there is room for it, else what is due when there is. */
  #enter(index: number): void {
    const { room } = this.#options;
    if (room === undefined) this.#running = this.#run(index);
    if (room === undefined || this.#unqueue !== undefined) return;
    let isWaiting = false;
    const unqueue = room.take((leave) => {
      this.#unqueue = undefined;
      if (isWaiting) this.#enterLate(leave);
      else this.#running = this.#run(index).finally(leave);
    });
    isWaiting = true;
    if (this.#running === undefined) this.#unqueue = unqueue;
  }

  /** What is due may be something else by now. */
  #enterLate(leave: () => void): void {
    const { jobs, clock, idle } = this.#options;
    const busy = this.#stopped || this.#running !== undefined || !idle();
    const now = clock.now();
    const next = busy ? undefined : nextJob(jobs, now, this.#resting);
    if (next !== undefined && next.at <= now) {
      this.#running = this.#run(next.index).finally(leave);
      return;
    }
    leave();
    // Once a busy line is idle, it is looked at anyway.
    if (next !== undefined) this.#lookIn(next.at);
  }

  #lookIn(at: Millis): void {
    this.#lookAt = at;
    this.#unschedule = this.#options.clock.at(at, () => {
      this.#lookAt = undefined;
      this.look();
    });
  }

  /** Starts no more jobs, and waits for the one in progress: its requests fail as soon as the link is closed. */
  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopped = true;
    this.#lookAt = undefined;
    this.#unschedule();
    this.#unqueue?.();
    for (const job of this.#options.jobs) job.stop?.();
    for (const { failed, index } of this.#wanted.splice(0))
      failed(new LinkError("closed", this.#options.jobs[index]?.name ?? "", "the meter is no longer read here"));
    if (this.#running === undefined) return;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.at(clock.now() + stopLimit, resolve);
    });
    await Promise.race([this.#running, late]);
    cancel();
  }

  async #run(index: number, wanted?: Wanted): Promise<void> {
    const { jobs, clock } = this.#options;
    const job = jobs[index] as PointJob;
    try {
      await job.run();
      this.#failures[index] = 0;
      wanted?.done();
    } catch (error) {
      wanted?.failed(error);
      const failures = (this.#failures[index] ?? 0) + 1;
      this.#failures[index] = failures;
      this.#resting[index] = clock.now() + restAfter(failures);
      this.#say(failures, `${job.name}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
    this.#running = undefined;
    // A job that is always due must not keep everything else from its turn.
    if (!this.#stopped) this.#lookIn(clock.now());
  }

  /** A lasting failure is logged once. What a failing link has told is not repeated by each job that it interrupts. */
  #say(failures: number, text: string, error: unknown): void {
    if (failures !== (error instanceof LinkError ? 2 : 1) || this.#stopped) return;
    const { log, id } = this.#options;
    if (error instanceof MeterportError) log.warn(text, { meter: id });
    else log.error(text, { meter: id });
  }
}
