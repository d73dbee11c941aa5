/** Polls one metering point: at each tick of its rhythm while its link gives values; judges each reading and notifies listeners. */
import { isUsable, type LinkState, type LinkStatus } from "@meterport/client/supervision/link-status";
import { MeterportError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { describeEvent } from "../guard/describe-event.ts";
import { emptyGuard, type GuardEvent, type GuardLimits, type GuardState, guard } from "../guard/guard.ts";
import { staleAnswer } from "../guard/measured.ts";
import type { LinkHealth, LiveAnswer, MeterDetail, MeterSummary } from "../model/point-model.ts";
import type { PointJob } from "../plan/point-job.ts";
import { nextRead } from "../plan/rhythm.ts";
import { firstTick } from "../plan/spread.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import { JobRunner } from "./job-runner.ts";
import type { MeterChange, MeterView } from "./meter-view.ts";
import { ReadRecord } from "./read-record.ts";
import { isStale, lateAfter, staleAfter, type TakenAt } from "./staleness.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

export interface PointLoopOptions {
  readonly id: string;
  readonly name: string;
  /** Where the meter is reached; never a key. */
  readonly url: string;
  readonly simulated: boolean;
  readonly interval: Millis;
  /** Where in the interval it is read, see `phaseOf`; if omitted, the rhythm begins when the link is up. */
  readonly phase?: Millis | undefined;
  readonly limits: GuardLimits;
  /** Last registers in the store, so that a fall across a restart is noticed. */
  readonly guardState?: GuardState | undefined;
  readonly source: MeterSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with each reading as the guard lets it through, and with what the guard knows afterwards. */
  readonly onReading?: ((reading: LiveReading, guardState: GuardState) => void) | undefined;
  readonly onEvent?: ((event: GuardEvent) => void) | undefined;
  /** Done when the line is idle, one at a time; the first has the highest priority, and live readings go before all of them. */
  readonly jobs?: readonly PointJob[] | undefined;
}

/** Longest read, however much noise comes: the link itself usually gives up earlier, with a reason. */
const longestRead: Millis = 15_000;

export class PointLoop implements MeterView {
  readonly #options: PointLoopOptions;
  readonly #listeners = new Set<(change: MeterChange) => void>();
  readonly #record = new ReadRecord();
  readonly #jobs: JobRunner | undefined;
  readonly #unlisten: () => void;
  #guard: GuardState;
  /** Whether the next read is the second one about a value that leapt. */
  #asksAgain = false;
  /** When the last reading came, or the link: the next reading is overdue from this moment. */
  #waiting: TakenAt | undefined;
  #unwatch: () => void = () => {};
  #unschedule: () => void = () => {};
  #reading: Promise<void> | undefined;
  #stopped = false;
  /** When the rhythm of reads began. */
  #began: Millis = 0;
  #logged: Pick<Verdict, "state" | "cause"> = { state: "connecting", cause: null };

  constructor(options: PointLoopOptions) {
    this.#options = options;
    this.#guard = options.guardState ?? emptyGuard;
    const { id, jobs = [], clock, log } = options;
    if (jobs.length > 0) this.#jobs = new JobRunner({ id, jobs, clock, log, idle: () => this.#idle() });
    this.#unlisten = options.source.listen((status) => this.#linkChanged(status));
  }

  get id(): string {
    return this.#options.id;
  }

  start(): void {
    this.#options.source.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten();
    this.#unschedule();
    this.#unwatch();
    await Promise.all([this.#options.source.close(), this.#jobs?.stop()]);
    await this.#reading;
  }

  readonly summary = (): MeterSummary => ({
    id: this.#options.id,
    name: this.#options.name,
    link: this.#link(),
    simulated: this.#options.simulated,
  });

  readonly state = (): LinkState => this.#verdict().state;

  readonly detail = (): MeterDetail => ({ ...this.summary(), identity: this.#options.source.identity() });

  readonly live = (): LiveAnswer => {
    const { id, clock, interval, source } = this.#options;
    const { newest, taken } = this.#record;
    const young = taken !== undefined && !isStale(taken, clock, interval);
    return newest !== null && young && isUsable(source.status().state)
      ? { id, ...newest }
      : staleAnswer(id, newest?.time ?? null);
  };

  readonly subscribe = (listener: (change: MeterChange) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #linkChanged({ state, answering }: LinkStatus): void {
    if (!answering) this.#unschedule();
    if (!isUsable(state)) this.#waiting = undefined;
    else if (this.#waiting === undefined) {
      this.#wait();
      // The rhythm restarts with the link, so that nobody waits another interval for values.
      const { clock, interval, phase } = this.#options;
      this.#began = phase === undefined ? clock.now() : firstTick(clock.now(), phase, interval);
      this.#read();
    }
    this.#tell();
  }

  /** Expects a reading from now on. */
  #wait(): TakenAt {
    const { clock, interval } = this.#options;
    const now = { now: clock.now(), wall: clock.wall() };
    this.#waiting = now;
    this.#unwatch();
    this.#unwatch = clock.at(now.now + staleAfter(interval), () => this.#tell());
    return now;
  }

  #read(): void {
    this.#unschedule();
    if (this.#stopped || this.#reading !== undefined) return;
    this.#reading = this.#readOnce().then((soon) => {
      this.#reading = undefined;
      this.#schedule(soon);
      this.#jobs?.look();
    });
  }

  /** Whether a job may use the line. */
  #idle(): boolean {
    return !this.#stopped && this.#reading === undefined && isUsable(this.#options.source.status().state);
  }

  #schedule(soon: boolean): void {
    const { clock, interval, source } = this.#options;
    const { answering, state } = source.status();
    if (this.#stopped || !answering) return;
    const next = nextRead({ began: this.#began, interval }, clock.now(), { soon: soon && isUsable(state) });
    this.#unschedule = clock.at(next, () => this.#read());
  }

  /** Whether to read again soon: for a second opinion, or after the link failed. A failure that is not the meter's would only repeat itself. */
  async #readOnce(): Promise<boolean> {
    const { clock, interval, source, log, id } = this.#options;
    const started = clock.now();
    this.#record.began();
    try {
      const reading = await source.read(Math.max(longestRead, interval));
      return !this.#stopped && this.#accept(reading, clock.now() - started);
    } catch (error) {
      const expected = error instanceof MeterportError;
      if (!expected) log.error(`${id}: unexpected: ${error instanceof Error ? error.message : String(error)}`);
      if (!this.#stopped) this.#record.failed();
      this.#tell();
      return expected;
    }
  }

  /** Whether to read again soon: if a value has just leapt, and only once, so that a fluctuating load does not cause constant reads. */
  #accept(raw: LiveReading, roundTrip: Millis): boolean {
    const { limits, log, id, onReading, onEvent } = this.#options;
    const before = this.#guard;
    const { state, reading, events } = guard(before, raw, limits);
    this.#guard = state;
    this.#asksAgain = !this.#asksAgain && Object.keys(state.leaps).some((key) => !(key in before.leaps));
    this.#record.took(reading, this.#wait(), roundTrip);
    for (const event of events) {
      log.warn(`${id}: ${describeEvent(event)}`);
      onEvent?.(event);
    }
    onReading?.(reading, state);
    this.#tell();
    return this.#asksAgain;
  }

  #verdict(): Verdict {
    const { clock, interval, source } = this.#options;
    return verdictOn(source.status(), this.#waiting, clock, interval);
  }

  #link(): LinkHealth {
    const { state, cause, problem, since } = this.#verdict();
    const { interval, source, url } = this.#options;
    const { baud, counters } = source.status();
    return {
      state,
      url,
      since: new Date(since).toISOString(),
      cause,
      problem,
      baud: baud ?? null,
      poll_interval_ms: interval,
      late_after_ms: lateAfter(interval),
      stale_after_ms: staleAfter(interval),
      ...this.#record.counts,
      retries: counters.retries,
      discarded: counters.discarded,
      outages: counters.outages,
      alerts: counters.alerts,
    };
  }

  /** Notifies all listeners of the present state. */
  #tell(): void {
    if (this.#stopped) return;
    this.#logState();
    if (this.#listeners.size === 0) return;
    const live = this.live();
    const link = this.#link();
    for (const listener of this.#listeners) {
      listener({ event: "live", data: live });
      listener({ event: "link", data: link });
    }
  }

  /** A lasting state is logged once. */
  #logState(): void {
    const { log, id, url } = this.#options;
    const { state, cause, problem } = this.#verdict();
    if (state !== this.#logged.state || cause !== this.#logged.cause) {
      if (state === "up") log.info(`${id}: link up, ${url}`);
      else log.warn(`${id}: link ${state}${problem === null ? "" : `: ${problem}`}`);
    }
    this.#logged = { state, cause };
  }
}
