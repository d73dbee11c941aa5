/** Polls one metering point: at each tick of its rhythm while its link gives values; judges each reading and notifies listeners. */
import { isUsable, type LinkCondition, type LinkStatus } from "@meterport/client/supervision/link-status";
import { LinkError, MeterportError } from "@meterport/protocol/errors";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { describeEvent } from "../guard/describe-event.ts";
import { emptyGuard, type GuardEvent, type GuardLimits, type GuardState, guard } from "../guard/guard.ts";
import type { LiveProofContext } from "../guard/live-proof.ts";
import { staleAnswer } from "../guard/measured.ts";
import type { LinkHealth, LiveAnswer, MeterDetail, MeterSummary } from "../model/point-model.ts";
import type { PointJob } from "../plan/point-job.ts";
import { nextRead } from "../plan/rhythm.ts";
import { powerKeys } from "../plan/sets.ts";
import { firstTick } from "../plan/spread.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { JobRoom } from "./job-room.ts";
import { JobRunner } from "./job-runner.ts";
import { joinedReading } from "./joined-reading.ts";
import type { LinkTally } from "./link-tally.ts";
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
  /** Reads power alone, between the full sets. */
  readonly power?: PowerOptions | undefined;
  /** Called with each full set as the guard lets it through, and with what the guard knows afterwards. */
  readonly onReading?: ((reading: LiveReading, guardState: GuardState) => void) | undefined;
  readonly onEvent?: ((event: GuardEvent) => void) | undefined;
  /** Done when the line is idle, one at a time; the first has the highest priority, and live readings go before all of them. */
  readonly jobs?: readonly PointJob[] | undefined;
  /** For the jobs of all points together. */
  readonly room?: Pick<JobRoom, "take"> | undefined;
  /** Counts the states of all points. */
  readonly tally?: LinkTally | undefined;
}

export interface PowerOptions {
  readonly interval: Millis;
  /** Takes each reading, in which everything but power is null; without it they are shown and not kept. */
  readonly onReading?: ((reading: LiveReading) => void) | undefined;
}

/** Longest read, however much noise comes: the link itself usually gives up earlier, with a reason. */
const longestRead: Millis = 15_000;

export class PointLoop implements MeterView {
  readonly #options: PointLoopOptions;
  /** Undefined until somebody listens, as to few of thousands of meters. */
  #listeners: Set<(change: MeterChange) => void> | undefined;
  readonly #record = new ReadRecord();
  readonly #jobs: JobRunner | undefined;
  readonly #unlisten: () => void;
  #guard: GuardState;
  /** Whether the next read is the second one about a value that leapt. */
  #asksAgain = false;
  /** When the last reading came, or the link: the next reading is overdue from this moment. */
  #waiting: TakenAt | undefined;
  #watching = false;
  #unwatch: () => void = () => {};
  #unschedule: () => void = () => {};
  #reading: Promise<void> | undefined;
  #readingSince: Millis | undefined;
  #started = false;
  #stopped = false;
  /** When the rhythm of reads began. */
  #began: Millis = 0;
  /** When the next full set is due. */
  #due: Millis = 0;
  /** Of the readings of power alone, which know nothing of registers. */
  #powerGuard: GuardState = emptyGuard;
  /** How long the last of them took: none begins that would delay a full set. */
  #powerTakes: Millis = 1;
  #logged: Pick<Verdict, "state" | "cause"> = { state: "connecting", cause: null };

  constructor(options: PointLoopOptions) {
    this.#options = options;
    this.#guard = options.guardState ?? emptyGuard;
    options.tally?.move(undefined, this.#logged.state);
    const { id, jobs = [], clock, log, room } = options;
    if (jobs.length > 0) this.#jobs = new JobRunner({ id, jobs, clock, log, room, idle: () => this.#idle() });
    this.#unlisten = options.source.listen((status) => this.#linkChanged(status));
  }

  get id(): string {
    return this.#options.id;
  }

  get name(): string {
    return this.#options.name;
  }

  /** When the read in progress began, on the monotonic clock; undefined while there is none. */
  get busySince(): Millis | undefined {
    return this.#readingSince;
  }

  /** The source may have been started before, and its link be up. */
  start(): void {
    const { source } = this.#options;
    this.#started = true;
    source.start();
    this.#linkChanged(source.status());
  }

  async stop(): Promise<void> {
    if (!this.#stopped) this.#options.tally?.move(this.#logged.state, undefined);
    this.#stopped = true;
    this.#unlisten();
    this.#unschedule();
    this.#unwatch();
    await Promise.all([this.#options.source.close(), this.#jobs?.stop()]);
    await this.#reading;
  }

  /** Runs a job once as soon as the line is idle. @throws LinkError while the meter does not answer, and what the job throws */
  runJob(name: string): Promise<void> {
    const { answering, cause } = this.#condition;
    if (!answering || this.#jobs === undefined)
      return Promise.reject(new LinkError("closed", name, cause?.text ?? "the meter does not answer"));
    return this.#jobs.runNow(name);
  }

  readonly summary = (): MeterSummary => ({
    id: this.#options.id,
    name: this.#options.name,
    link: this.#link(),
    simulated: this.#options.simulated,
  });

  readonly verdict = (): Verdict => {
    const { clock, interval } = this.#options;
    return verdictOn(this.#condition, this.#waiting, clock, interval);
  };

  readonly detail = (): MeterDetail => ({ ...this.summary(), identity: this.#options.source.identity() });

  readonly live = (): LiveAnswer => {
    const { id, clock, interval } = this.#options;
    const { full, power } = this.#record;
    const reading = joinedReading(full, power, (taken) => !isStale(taken, clock, interval));
    if (reading !== undefined && isUsable(this.#condition.state)) return { id, ...reading };
    return staleAnswer(id, full?.reading.time ?? null);
  };

  readonly liveContext = (key: LiveKey): LiveProofContext => {
    const { source } = this.#options;
    const { full, power } = this.#record;
    const isPower = (powerKeys as readonly LiveKey[]).includes(key) && power !== undefined;
    const { plan, energyUnit, ratios } = source.livePlan?.() ?? {};
    return {
      profile: source.identity()?.profile,
      ...{ plan, energyUnit, ratios },
      guard: isPower && power.taken.now > (full?.taken.now ?? 0) ? this.#powerGuard : this.#guard,
    };
  };

  readonly subscribe = (listener: (change: MeterChange) => void): (() => void) => {
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(listener);
    return () => listeners.delete(listener);
  };

  #linkChanged({ state, answering }: LinkStatus): void {
    // Until then another loop may still use the source.
    if (!this.#started) return;
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
    const { clock } = this.#options;
    const now = { now: clock.now(), wall: clock.wall() };
    this.#waiting = now;
    this.#expect();
    return now;
  }

  /** Tells everybody when the reading is overdue. One timer for several readings, since nearly all of them come. */
  #expect(): void {
    if (this.#waiting === undefined || this.#watching || this.#stopped) return;
    const { clock, interval } = this.#options;
    const overdue = this.#waiting.now + staleAfter(interval);
    this.#watching = true;
    this.#unwatch = clock.at(overdue, this.#lookForOverdue);
  }

  readonly #lookForOverdue = (): void => {
    const { clock, interval } = this.#options;
    this.#watching = false;
    if (this.#waiting !== undefined && clock.now() < this.#waiting.now + staleAfter(interval)) this.#expect();
    else this.#tell();
  };

  /** What an alarm calls is made once: what is made for each reading outlives it, until the alarm rings. */
  readonly #read = (): void => {
    this.#use(async () => {
      const soon = await this.#readOnce();
      const { clock, interval } = this.#options;
      const again = soon && isUsable(this.#condition.state);
      this.#due = nextRead({ began: this.#began, interval }, clock.now(), { soon: again });
    });
  };

  /** Lets one read use the line, and plans the next one. */
  #use(read: () => Promise<void>): void {
    this.#unschedule();
    if (this.#stopped || this.#reading !== undefined) return;
    this.#readingSince = this.#options.clock.now();
    this.#reading = read().then(() => {
      this.#reading = undefined;
      this.#readingSince = undefined;
      this.#schedule();
      this.#jobs?.look();
    });
  }

  /** Whether a job may use the line. */
  #idle(): boolean {
    return !this.#stopped && this.#reading === undefined && isUsable(this.#condition.state);
  }

  #schedule(): void {
    const { clock, power } = this.#options;
    const { answering, state } = this.#condition;
    if (this.#stopped || !answering) return;
    const now = clock.now();
    if (power !== undefined && isUsable(state)) {
      const at = nextRead({ began: this.#began % power.interval, interval: power.interval }, now);
      if (at + this.#powerTakes <= this.#due) {
        this.#unschedule = clock.at(at, this.#readPower);
        return;
      }
    }
    // It may have come due during a reading of power.
    this.#unschedule = clock.at(Math.max(now, this.#due), this.#read);
  }

  readonly #readPower = (): void => this.#use(() => this.#readPowerOnce());

  /** A failure is the link's, which tells its own; the full sets count as polls. */
  async #readPowerOnce(): Promise<void> {
    const { clock, source, limits, interval, power } = this.#options;
    const began = clock.now();
    try {
      const raw = await source.read(Math.max(longestRead, interval), powerKeys);
      if (this.#stopped) return;
      const { state, reading } = guard(this.#powerGuard, raw, limits);
      this.#powerGuard = state;
      this.#powerTakes = Math.max(1, clock.now() - began);
      this.#record.tookPower(reading, { now: clock.now(), wall: clock.wall() });
      power?.onReading?.(reading);
    } catch (error) {
      this.#unexpected(error);
    }
    this.#tell();
  }

  /** Logs a failure that is neither the meter's nor its link's: a fault of ours. Returns whether it is one. */
  #unexpected(error: unknown): boolean {
    if (error instanceof MeterportError) return false;
    const { log, id } = this.#options;
    log.error(`unexpected: ${error instanceof Error ? error.message : String(error)}`, { meter: id });
    return true;
  }

  /** Whether to read again soon: for a second opinion, or after the link failed. A failure that is not the meter's would only repeat itself. */
  async #readOnce(): Promise<boolean> {
    const { clock, interval, source } = this.#options;
    const started = clock.now();
    this.#record.began();
    try {
      const reading = await source.read(Math.max(longestRead, interval));
      return !this.#stopped && this.#accept(reading, clock.now() - started);
    } catch (error) {
      const unexpected = this.#unexpected(error);
      if (!this.#stopped) this.#record.failed();
      this.#tell();
      return !unexpected;
    }
  }

  /** Whether to read again soon: if a value has just leapt, and only once, so that a fluctuating load does not cause constant reads. */
  #accept(raw: LiveReading, roundTrip: Millis): boolean {
    const { limits, log, id, onReading, onEvent, clock } = this.#options;
    const before = this.#guard;
    const { state, reading, events } = guard(before, raw, limits, clock.now());
    this.#guard = state;
    this.#asksAgain = !this.#asksAgain && Object.keys(state.leaps).some((key) => !(key in before.leaps));
    this.#record.took(reading, this.#wait(), roundTrip);
    for (const event of events) {
      log.warn(`${describeEvent(event)}`, { meter: id, isEvent: event.kind !== "withheld" });
      onEvent?.(event);
    }
    onReading?.(reading, state);
    this.#tell();
    return this.#asksAgain;
  }

  get #condition(): LinkCondition {
    const { source } = this.#options;
    return source.condition?.() ?? source.status();
  }

  #link(): LinkHealth {
    const { state, cause, problem, since } = this.verdict();
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
    if (this.#listeners === undefined || this.#listeners.size === 0) return;
    const live = this.live();
    const link = this.#link();
    for (const listener of this.#listeners) {
      listener({ event: "live", data: live });
      listener({ event: "link", data: link });
    }
  }

  /** A lasting state is logged once. */
  #logState(): void {
    const { log, id, url, tally } = this.#options;
    const { state, cause, problem } = this.verdict();
    if (state === this.#logged.state && cause === this.#logged.cause) return;
    if (state !== this.#logged.state) tally?.move(this.#logged.state, state);
    if (state === "up") log.info(`link up, ${url}`, { meter: id });
    else log.warn(`link ${state}${problem === null ? "" : `: ${problem}`}`, { meter: id });
    this.#logged = { state, cause };
  }
}
