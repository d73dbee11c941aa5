/** A meter with quiet windows of the day, in which no session is open and nothing is read. */

import type { LogEvent } from "@meterport/client/readers/events";
import { noCounters } from "@meterport/client/session/session";
import type { LinkCounters, LinkStatus } from "@meterport/client/supervision/link-status";
import { type LocalOffset, type QuietWindow, quietAt, quietRest, quietText } from "@meterport/engine/plan/quiet";
import type { MeterSource, MeterTask } from "@meterport/engine/ports/meter-source";
import { LinkError } from "@meterport/protocol/errors";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface QuietSourceOptions {
  /** Creates a fresh source for the time after each window. */
  readonly make: () => MeterSource;
  readonly windows: readonly QuietWindow[];
  readonly clock: Clock;
  /** Local time, in which the windows are given. */
  readonly offset: LocalOffset;
}

/** How long before a window nothing new is started, so that the session is over when it begins. */
const lead: Millis = 20_000;
/** How much of that a read in progress gets; the rest is for ending the session. */
const lastRead: Millis = 15_000;

const zero: LinkCounters = { ...noCounters, outages: 0, opened: 0, openFailures: 0, probes: 0 };

const sum = (a: LinkCounters, b: LinkCounters): LinkCounters =>
  Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, value + b[name as keyof LinkCounters]]),
  ) as unknown as LinkCounters;

/** The same meter, with pauses. */
export class QuietSource implements MeterSource {
  readonly #options: QuietSourceOptions;
  readonly #listeners = new Set<(status: LinkStatus) => void>();
  #inner: MeterSource;
  #unlisten: () => void;
  #quiet: { readonly window: QuietWindow; readonly since: Millis } | undefined;
  /** Whether the current source has started. */
  #begun = false;
  #closed = false;
  #reading: Promise<unknown> | undefined;
  /** The end of the last source, which the next one waits for, since only one may use the port. */
  #leaving: Promise<void> = Promise.resolve();
  #cancelLook: () => void = () => {};
  /** Counters of the sources that have ended. */
  #before: LinkCounters = zero;
  #identity: ReturnType<MeterSource["identity"]> = null;

  constructor(options: QuietSourceOptions) {
    this.#options = options;
    this.#inner = options.make();
    this.#unlisten = this.#inner.listen(this.#tell);
  }

  readonly start = (): void => this.#look();

  readonly status = (): LinkStatus => {
    const inner = this.#inner.status();
    const counters = sum(this.#before, inner.counters);
    if (this.#quiet === undefined) return { ...inner, counters };
    const { window, since } = this.#quiet;
    const text = `the meter is not read from ${quietText(window).replace("-", " to ")}, a quiet window of the configuration`;
    return { state: "paused", since, cause: { code: "quiet", text }, answering: false, baud: inner.baud, counters };
  };

  readonly listen = (listener: (status: LinkStatus) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly identity = (): ReturnType<MeterSource["identity"]> => this.#inner.identity() ?? this.#identity;

  readonly read = async (limit: Millis, keys?: readonly LiveKey[]): Promise<LiveReading> =>
    this.#ask("read the live values", () => this.#inner.read(limit, keys));

  readonly events = async (count: number, limit: Millis): Promise<readonly LogEvent[]> =>
    this.#ask("read the event log", () => this.#inner.events(count, limit));

  readonly ask = async <T>(task: MeterTask<T>): Promise<T> => this.#ask(task.label, () => this.#inner.ask(task));

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    this.#cancelLook();
    this.#unlisten();
    await this.#leaving;
    await this.#inner.close();
  };

  #ask<T>(what: string, asked: () => Promise<T>): Promise<T> {
    // The clock may have been set since the last look.
    this.#look();
    if (this.#quiet !== undefined) throw new LinkError("closed", what, this.status().cause?.text ?? "");
    const answer = asked();
    this.#reading = Promise.allSettled([this.#reading, answer]);
    return answer;
  }

  readonly #tell = (): void => {
    const status = this.status();
    for (const listener of [...this.#listeners]) listener(status);
  };

  /** Starts or pauses by the time of day, and looks again at the next change. */
  #look(): void {
    const { windows, clock, offset } = this.#options;
    if (this.#closed) return;
    const wall = clock.wall();
    const window = quietAt(windows, wall, offset) ?? quietAt(windows, wall + lead, offset);
    if (window === undefined) this.#begin();
    else if (this.#quiet === undefined) this.#pause(window, wall);
    else this.#quiet = { ...this.#quiet, window };
    this.#cancelLook();
    const rest = Math.min(quietRest(windows, wall, offset), quietRest(windows, wall + lead, offset));
    this.#cancelLook = clock.at(clock.now() + rest, () => this.#look());
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const paused = this.#quiet !== undefined;
    this.#quiet = undefined;
    if (paused) this.#renew();
    const inner = this.#inner;
    void this.#leaving.then(() => {
      if (!this.#closed && inner === this.#inner && this.#quiet === undefined) inner.start();
    });
    if (paused) this.#tell();
  }

  #pause(window: QuietWindow, since: Millis): void {
    const begun = this.#begun;
    this.#begun = false;
    this.#quiet = { window, since };
    this.#unlisten();
    if (begun) this.#leaving = this.#leave(this.#inner, this.#leaving);
    this.#tell();
  }

  /** Ends a source when the read in progress has ended, or has had its time. */
  async #leave(inner: MeterSource, before: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    await before;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.at(clock.now() + lastRead, resolve);
    });
    await Promise.race([this.#reading, late]);
    cancel();
    // A source that cannot be closed cleanly is abandoned, as the supervision does with a pipe.
    await inner.close().catch(() => {});
  }

  /** Replaces a source that has ended. */
  #renew(): void {
    this.#before = sum(this.#before, this.#inner.status().counters);
    this.#identity = this.#inner.identity() ?? this.#identity;
    this.#inner = this.#options.make();
    this.#unlisten = this.#inner.listen(this.#tell);
  }
}
