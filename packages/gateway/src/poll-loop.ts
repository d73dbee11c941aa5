/** Keeps one meter polled: connects, reads at each interval, judges, and says at once when the link is gone. */
import { LinkError, MeterportError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { LinkHealth, LinkState, LiveAnswer, MeterDetail, MeterIdentity, MeterSummary } from "./api.ts";
import { backoff } from "./backoff.ts";
import { bounded, pause } from "./deadline.ts";
import { emptyGuard, type GuardEvent, type GuardLimits, type GuardState, guard } from "./guard.ts";
import type { Log } from "./log.ts";
import { staleAnswer } from "./measured.ts";
import type { MeterSource, OpenMeter } from "./meter-source.ts";
import type { MeterChange, MeterView } from "./meter-view.ts";
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
  readonly open: OpenMeter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly onReading?: (reading: LiveReading) => void;
  readonly onEvent?: (event: GuardEvent) => void;
}

/** First contact asks for a dozen tables at 9600 baud, with repeats. */
const openLimit: Millis = 30_000;
const closeLimit: Millis = 2_000;
/** A bridge may keep a dead socket open for ever: after so many failed polls in a row the link is opened anew. */
const failuresBeforeReopen = 5;

const refusals = new Set(["ResponseError", "ProcedureError", "TlsError", "UsageError"]);
const isGone = (error: unknown): boolean =>
  error instanceof LinkError && ["closed", "not-open", "aborted"].includes(error.code);
const isRefusal = (error: unknown): boolean =>
  error instanceof MeterportError &&
  (refusals.has(error.name) || (error instanceof LinkError && error.code === "wrong-key"));

const sentence = (error: unknown): string =>
  error instanceof Error
    ? error instanceof MeterportError
      ? error.message
      : `unexpected: ${error.message}`
    : "unexpected failure";

export class PollLoop implements MeterView {
  readonly #options: PollLoopOptions;
  readonly #stopper = new AbortController();
  readonly #listeners = new Set<(change: MeterChange) => void>();
  #running: Promise<void> | undefined;
  #guard: GuardState;
  #state: LinkState = "connecting";
  #since: Millis;
  #problem: string | null = null;
  #identity: MeterIdentity | null = null;
  #reading: LiveReading | null = null;
  #taken: TakenAt | undefined;
  #unwatch: () => void = () => {};
  #polls = 0;
  #failures = 0;
  #roundTrip: Millis | null = null;
  /** Counters of links that are closed already. */
  #past = { retries: 0, discarded: 0 };
  #source: MeterSource | undefined;

  constructor(options: PollLoopOptions) {
    this.#options = options;
    this.#guard = options.guardState ?? emptyGuard;
    this.#since = options.clock.wall();
  }

  get id(): string {
    return this.#options.id;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopper.abort();
    await this.#running;
    this.#unwatch();
  }

  readonly summary = (): MeterSummary => ({
    id: this.#options.id,
    name: this.#options.name,
    link: this.#link(),
    simulated: this.#options.simulated,
  });

  readonly detail = (): MeterDetail => ({ ...this.summary(), identity: this.#identity });

  readonly live = (): LiveAnswer => {
    this.#watch();
    const reading = this.#reading;
    return reading !== null && this.#state === "up"
      ? { id: this.#options.id, ...reading }
      : staleAnswer(this.#options.id, reading?.time ?? null);
  };

  readonly subscribe = (listener: (change: MeterChange) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async #run(): Promise<void> {
    const { clock, entropy } = this.#options;
    const signal = this.#stopper.signal;
    let failed = 0;
    while (!signal.aborted) {
      const source = await this.#open();
      if (source !== undefined) {
        this.#source = source;
        this.#identity = source.identity;
        if (await this.#poll(source)) failed = 0;
        await this.#close(source);
      }
      failed++;
      await pause(clock, backoff(failed, entropy), signal);
    }
  }

  async #open(): Promise<MeterSource | undefined> {
    const { clock, open, url } = this.#options;
    const late = (source: MeterSource): void => void source.close().catch(() => {});
    try {
      return await bounded(
        { clock, limit: openLimit, signal: this.#stopper.signal, what: `connect to ${url}`, late },
        open,
      );
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Polls until the link has to be opened anew. Whether any poll succeeded. */
  async #poll(source: MeterSource): Promise<boolean> {
    const { clock, interval } = this.#options;
    const signal = this.#stopper.signal;
    let inARow = 0;
    let succeeded = false;
    let tick = clock.now();
    while (!signal.aborted) {
      const started = clock.now();
      try {
        this.#polls++;
        const limit = staleAfter(interval);
        const reading = await bounded({ clock, limit, signal, what: "read the live values" }, source.read);
        inARow = 0;
        succeeded = true;
        this.#accept(reading, clock.now() - started);
      } catch (error) {
        if (signal.aborted) break;
        this.#failures++;
        inARow++;
        this.#failed(error);
        // A read that outlived its limit may still be under way: another one on the same link would overlap it.
        const hangs = clock.now() - started >= staleAfter(interval);
        if (hangs || isGone(error) || isRefusal(error) || inARow >= failuresBeforeReopen) break;
      }
      // Ticks that passed while a poll ran are skipped, so a slow meter is not asked faster to catch up.
      tick += interval * (Math.floor((clock.now() - tick) / interval) + 1);
      await pause(clock, tick - clock.now(), signal);
    }
    return succeeded;
  }

  async #close(source: MeterSource): Promise<void> {
    const { clock, log, id } = this.#options;
    const { retries, discarded } = source.counters();
    this.#past = { retries: this.#past.retries + retries, discarded: this.#past.discarded + discarded };
    this.#source = undefined;
    // Not the loop's own signal: a stop must close the port as well.
    const signal = new AbortController().signal;
    await bounded({ clock, limit: closeLimit, signal, what: "close the link" }, () => source.close()).catch((error) =>
      log.warn(`${id}: ${sentence(error)}`),
    );
  }

  #accept(raw: LiveReading, roundTrip: Millis): void {
    const { clock, limits, log, id, onReading, onEvent, interval } = this.#options;
    const { state, reading, events } = guard(this.#guard, raw, limits);
    this.#guard = state;
    this.#reading = reading;
    this.#taken = { now: clock.now(), wall: clock.wall() };
    this.#roundTrip = roundTrip;
    this.#unwatch();
    this.#unwatch = clock.at(clock.now() + staleAfter(interval), () => this.#watch());
    for (const event of events) {
      log.warn(`${id}: ${describe(event)}`);
      onEvent?.(event);
    }
    onReading?.(reading);
    this.#turn("up", null);
    this.#tell({ event: "live", data: this.live() });
    this.#tell({ event: "link", data: this.#link() });
  }

  #failed(error: unknown): void {
    if (this.#stopper.signal.aborted) return;
    this.#down(isRefusal(error) ? "refused" : "silent", sentence(error));
  }

  /** A poll that hangs, or a machine that slept, must not leave an old number on display. */
  #watch(): void {
    const { clock, interval } = this.#options;
    if (this.#state !== "up" || this.#taken === undefined || !isStale(this.#taken, clock, interval)) return;
    this.#down("silent", `no reading for ${staleAfter(interval) / 1000} s`);
  }

  #down(state: LinkState, problem: string): void {
    this.#turn(state, problem);
    this.#tell({ event: "live", data: this.live() });
    this.#tell({ event: "link", data: this.#link() });
  }

  #turn(state: LinkState, problem: string | null): void {
    const { log, id, url, clock } = this.#options;
    // A state that lasts is logged once, not at each attempt.
    if (state !== this.#state || problem !== this.#problem) {
      if (state === "up") log.info(`${id}: link up, ${url}`);
      else log.warn(`${id}: link ${state}: ${problem}`);
    }
    if (state !== this.#state) this.#since = clock.wall();
    this.#state = state;
    this.#problem = problem;
  }

  #link(): LinkHealth {
    this.#watch();
    const current = this.#source?.counters() ?? { retries: 0, discarded: 0 };
    return {
      state: this.#state,
      url: this.#options.url,
      since: new Date(this.#since).toISOString(),
      problem: this.#problem,
      last_reading: this.#reading?.time ?? null,
      poll_interval_ms: this.#options.interval,
      polls: this.#polls,
      failures: this.#failures,
      retries: this.#past.retries + current.retries,
      discarded: this.#past.discarded + current.discarded,
      round_trip_ms: this.#roundTrip === null ? null : Math.round(this.#roundTrip),
    };
  }

  #tell(change: MeterChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const describe = (event: GuardEvent): string => {
  if (event.kind === "withheld") return `withheld until a second read confirms it: ${event.keys.join(", ")}`;
  const steps = event.registers.map((step) => `${step.key} ${step.from} -> ${step.to}`).join(", ");
  return event.kind === "meter-exchange"
    ? `registers fell, so the meter was exchanged or reset: ${steps}`
    : `registers leapt further than the fuse allows: ${steps}`;
};
