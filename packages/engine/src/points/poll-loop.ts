/** Keeps one meter polled: reads at each interval while its link gives values, judges them, and says at once when it does not. */
import { isUsable, type LinkStatus } from "@meterport/client/supervision/link-status";
import { MeterportError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { emptyGuard, type GuardEvent, type GuardLimits, type GuardState, guard } from "../guard/guard.ts";
import { staleAnswer } from "../guard/measured.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { MeterChange, MeterView } from "./meter-view.ts";
import type { LinkHealth, LinkState, LiveAnswer, MeterDetail, MeterSummary } from "./point-model.ts";
import { isStale, staleAfter, type TakenAt } from "./staleness.ts";

export interface PollLoopOptions {
  readonly id: string;
  readonly name: string;
  /** Where the meter is reached; never a key. */
  readonly url: string;
  readonly simulated: boolean;
  readonly interval: Millis;
  readonly limits: GuardLimits;
  /** Last registers known from the store, so that a fall across a restart is noticed. */
  readonly guardState?: GuardState;
  readonly source: MeterSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly onReading?: (reading: LiveReading) => void;
  readonly onEvent?: (event: GuardEvent) => void;
}

/** Longest poll, however much noise comes: the link itself gives up earlier, and then knows why. */
const longestPoll: Millis = 15_000;
/** From a poll that failed on a link that still works to the next one. */
const soonAgain: Millis = 250;

/** What a link is to whoever wants values: one that works and gives none is silent. */
interface Verdict {
  readonly state: LinkState;
  readonly cause: string | null;
  readonly problem: string | null;
  /** Unix milliseconds. */
  readonly since: Millis;
}

export class PollLoop implements MeterView {
  readonly #options: PollLoopOptions;
  readonly #listeners = new Set<(change: MeterChange) => void>();
  readonly #unlisten: () => void;
  #guard: GuardState;
  #reading: LiveReading | null = null;
  #taken: TakenAt | undefined;
  /** When the last reading came, or the link: since then the next reading has been waited for. */
  #waiting: TakenAt | undefined;
  #unwatch: () => void = () => {};
  #unschedule: () => void = () => {};
  #polling: Promise<void> | undefined;
  #stopped = false;
  /** When the rhythm of polls began. */
  #began: Millis = 0;
  #polls = 0;
  #failures = 0;
  #roundTrip: Millis | null = null;
  #logged: Pick<Verdict, "state" | "cause"> = { state: "connecting", cause: null };

  constructor(options: PollLoopOptions) {
    this.#options = options;
    this.#guard = options.guardState ?? emptyGuard;
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
    await this.#options.source.close();
    await this.#polling;
  }

  readonly summary = (): MeterSummary => ({
    id: this.#options.id,
    name: this.#options.name,
    link: this.#link(),
    simulated: this.#options.simulated,
  });

  readonly detail = (): MeterDetail => ({ ...this.summary(), identity: this.#options.source.identity() });

  readonly live = (): LiveAnswer => {
    const { clock, interval, source } = this.#options;
    const reading = this.#reading;
    const young = this.#taken !== undefined && !isStale(this.#taken, clock, interval);
    return reading !== null && young && isUsable(source.status().state)
      ? { id: this.#options.id, ...reading }
      : staleAnswer(this.#options.id, reading?.time ?? null);
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
      // The rhythm begins anew with the link: whoever waits for values waits no interval on top.
      this.#began = this.#options.clock.now();
      this.#poll();
    }
    this.#say();
  }

  /** From now on a reading is waited for. */
  #wait(): void {
    const { clock, interval } = this.#options;
    this.#waiting = { now: clock.now(), wall: clock.wall() };
    this.#unwatch();
    this.#unwatch = clock.at(clock.now() + staleAfter(interval), () => this.#say());
  }

  #poll(): void {
    this.#unschedule();
    if (this.#stopped || this.#polling !== undefined) return;
    this.#polling = this.#read().then((soon) => {
      this.#polling = undefined;
      this.#schedule(soon);
    });
  }

  #schedule(soon: boolean): void {
    const { clock, interval, source } = this.#options;
    const { answering, state } = source.status();
    if (this.#stopped || !answering) return;
    // Ticks that passed while a poll ran are skipped, so a slow meter is not asked faster to catch up.
    const tick = this.#began + interval * (Math.floor((clock.now() - this.#began) / interval) + 1);
    const again = soon && isUsable(state) ? Math.min(tick, clock.now() + soonAgain) : tick;
    this.#unschedule = clock.at(again, () => this.#poll());
  }

  /** Whether to read again soon: what failed for no reason of the meter's will fail again. */
  async #read(): Promise<boolean> {
    const { clock, interval, source } = this.#options;
    const started = clock.now();
    this.#polls++;
    try {
      const reading = await source.read(Math.max(longestPoll, interval));
      if (!this.#stopped) this.#accept(reading, clock.now() - started);
      return false;
    } catch (error) {
      const expected = error instanceof MeterportError;
      if (!expected) this.#complain(error);
      if (!this.#stopped) this.#failures++;
      this.#say();
      return expected;
    }
  }

  #accept(raw: LiveReading, roundTrip: Millis): void {
    const { clock, limits, log, id, onReading, onEvent } = this.#options;
    const { state, reading, events } = guard(this.#guard, raw, limits);
    this.#guard = state;
    this.#reading = reading;
    this.#taken = { now: clock.now(), wall: clock.wall() };
    this.#roundTrip = roundTrip;
    this.#wait();
    for (const event of events) {
      log.warn(`${id}: ${describe(event)}`);
      onEvent?.(event);
    }
    onReading?.(reading);
    this.#say();
  }

  #complain(error: unknown): void {
    this.#options.log.error(
      `${this.#options.id}: unexpected: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** A poll that hangs, or a machine that slept, must not leave an old number on display. */
  #verdict(): Verdict {
    const { clock, interval, source } = this.#options;
    const { state, cause, since } = source.status();
    if (isUsable(state) && this.#waiting !== undefined && isStale(this.#waiting, clock, interval)) {
      const problem = `no reading for ${staleAfter(interval) / 1000} s`;
      const overdue = this.#waiting.wall + staleAfter(interval);
      return { state: "silent", cause: "no-reading", problem, since: Math.max(since, overdue) };
    }
    return { state, cause: cause?.code ?? null, problem: cause?.text ?? null, since };
  }

  #link(): LinkHealth {
    const { state, cause, problem, since } = this.#verdict();
    const { baud, counters } = this.#options.source.status();
    return {
      state,
      url: this.#options.url,
      since: new Date(since).toISOString(),
      cause,
      problem,
      baud: baud ?? null,
      last_reading: this.#reading?.time ?? null,
      poll_interval_ms: this.#options.interval,
      polls: this.#polls,
      failures: this.#failures,
      retries: counters.retries,
      discarded: counters.discarded,
      outages: counters.outages,
      alerts: counters.alerts,
      round_trip_ms: this.#roundTrip === null ? null : Math.round(this.#roundTrip),
    };
  }

  /** Tells everybody how things are now. */
  #say(): void {
    if (this.#stopped) return;
    const { log, id, url } = this.#options;
    const live = this.live();
    const { state, cause, problem } = this.#verdict();
    // A state that lasts is logged once.
    if (state !== this.#logged.state || cause !== this.#logged.cause) {
      if (state === "up") log.info(`${id}: link up, ${url}`);
      else log.warn(`${id}: link ${state}${problem === null ? "" : `: ${problem}`}`);
    }
    this.#logged = { state, cause };
    const link = this.#link();
    for (const listener of this.#listeners) {
      listener({ event: "live", data: live });
      listener({ event: "link", data: link });
    }
  }
}

const describe = (event: GuardEvent): string => {
  if (event.kind === "withheld") return `withheld until a second read confirms it: ${event.keys.join(", ")}`;
  const steps = event.registers.map((step) => `${step.key} ${step.from} -> ${step.to}`).join(", ");
  return event.kind === "meter-exchange"
    ? `registers fell, so the meter was exchanged or reset: ${steps}`
    : `registers leapt further than the fuse allows: ${steps}`;
};
