/** A meter that can rest: its session is ended, somebody else uses its port, and then it is looked for again. */
import type { LogEvent } from "@meterport/client/readers/events";
import { noCounters } from "@meterport/client/session/session";
import type { LinkCause, LinkCondition, LinkCounters, LinkStatus } from "@meterport/client/supervision/link-status";
import type { LivePlan, MeterSource, MeterTask } from "@meterport/engine/ports/meter-source";
import { LinkError } from "@meterport/protocol/errors";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface PausableSourceOptions {
  /** Creates a fresh source for the time after each pause. */
  readonly make: () => MeterSource;
  readonly clock: Clock;
}

/** Work that needs the port for itself. */
export interface Rest<T> {
  /** What the link says meanwhile. */
  readonly cause: LinkCause;
  /** Longest time for it. */
  readonly limit: Millis;
  /** Must end soon after its signal is aborted, and leave the port closed. */
  readonly run: (signal: AbortSignal) => Promise<T>;
}

/** A pause; `cause` is asked for whenever the link is. */
interface Hold {
  readonly cause: () => LinkCause;
  readonly since: Millis;
}

/** How long a pause waits for the read in progress; the rest of the lead of a quiet window is for ending the session. */
const lastRead: Millis = 15_000;
/** How long a rest may take to end after its signal. Then the meter is looked for again, whatever became of it. */
const lastWork: Millis = 3_000;

const zero: LinkCounters = { ...noCounters, outages: 0, opened: 0, openFailures: 0, probes: 0 };

const names = Object.keys(zero) as readonly (keyof LinkCounters)[];

const sum = (a: LinkCounters, b: LinkCounters): LinkCounters => {
  const all: { -readonly [K in keyof LinkCounters]: number } = { ...a };
  for (const name of names) all[name] += b[name];
  return all;
};

export class PausableSource implements MeterSource {
  readonly #options: PausableSourceOptions;
  readonly #listeners = new Set<(status: LinkStatus) => void>();
  /** The newest last. */
  readonly #holds: Hold[] = [];
  #inner: MeterSource;
  #unlisten: () => void;
  /** Whether it was asked to start, and whether the current source has. */
  #wanted = false;
  #begun = false;
  /** Whether the current source has ended. */
  #ended = false;
  #closed = false;
  /** Who will close it: the link ends with the last of them. */
  #owners = 1;
  /** Of the tasks in progress. */
  readonly #tasks = new Set<AbortController>();
  #reading: Promise<unknown> | undefined;
  /** The end of the last source, which the next one waits for, since only one may use the port. */
  #leaving: Promise<void> = Promise.resolve();
  #resting: { readonly controller: AbortController; readonly done: Promise<unknown> } | undefined;
  /** Counters of the sources that have ended. */
  #before: LinkCounters = zero;
  #identity: ReturnType<MeterSource["identity"]> = null;

  constructor(options: PausableSourceOptions) {
    this.#options = options;
    this.#inner = options.make();
    this.#unlisten = this.#inner.listen(this.#tell);
  }

  /** May be called again. */
  readonly start = (): void => {
    this.#wanted = true;
    this.#begin();
  };

  readonly status = (): LinkStatus => {
    const inner = this.#inner.status();
    const counters = sum(this.#before, inner.counters);
    const hold = this.#holds.at(-1);
    if (hold === undefined) return { ...inner, counters };
    const { cause, since } = hold;
    return { state: "paused", since, cause: cause(), answering: false, baud: inner.baud, counters };
  };

  readonly condition = (): LinkCondition => {
    const hold = this.#holds.at(-1);
    if (hold === undefined) return this.#inner.condition?.() ?? this.#inner.status();
    return { state: "paused", since: hold.since, cause: hold.cause(), answering: false };
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

  readonly ask = async <T>(task: MeterTask<T>): Promise<T> => {
    const ends = new AbortController();
    const run: MeterTask<T>["run"] = (meter, signal) => {
      if (signal.aborted) ends.abort();
      else signal.addEventListener("abort", () => ends.abort(), { once: true });
      return task.run(meter, ends.signal);
    };
    this.#tasks.add(ends);
    try {
      return await this.#ask(task.label, () => this.#inner.ask({ ...task, run }));
    } finally {
      this.#tasks.delete(ends);
    }
  };

  /** Gets one more owner: the next `close` ends the tasks in progress, and leaves the link up. */
  readonly share = (): void => {
    this.#owners++;
  };

  get isShared(): boolean {
    return this.#owners > 1;
  }

  readonly livePlan = (): LivePlan | null => this.#inner.livePlan?.() ?? null;

  /** Pauses until the returned function is called. A rest in progress is told to end. */
  hold(cause: () => LinkCause): () => void {
    this.#resting?.controller.abort();
    return this.#hold(cause);
  }

  /**
   * Lets somebody else use the port, once the read in progress has ended. Whatever becomes of it, the meter is looked for again.
   *
   * @throws LinkError (`closed`) while the meter rests already or is closed, (`aborted`) after the limit; what `run` throws
   */
  async rest<T>({ cause, limit, run }: Rest<T>): Promise<T> {
    const { clock } = this.#options;
    const refused = this.#closed ? "the meter was removed meanwhile" : this.#holds.at(-1)?.cause().text;
    if (refused !== undefined) throw new LinkError("closed", cause.text, refused);
    const release = this.#hold(() => cause);
    const controller = new AbortController();
    let cancel = clock.at(clock.now() + limit, () => controller.abort());
    const late = new Promise<never>((_, reject) => {
      controller.signal.addEventListener("abort", () => {
        cancel();
        const seconds = Math.round(limit / 1000);
        const detail = `it was stopped: something else needs the port, or it was not done after ${seconds} s`;
        cancel = clock.at(clock.now() + lastWork, () => reject(new LinkError("aborted", cause.text, detail)));
      });
    });
    const work = this.#leaving.then(() => run(controller.signal));
    const outcome = Promise.race([work, late]);
    this.#resting = { controller, done: outcome.catch(() => {}) };
    try {
      return await outcome;
    } finally {
      cancel();
      this.#resting = undefined;
      release();
    }
  }

  readonly close = async (): Promise<void> => {
    if (this.isShared) {
      this.#owners--;
      for (const task of this.#tasks) task.abort();
      return;
    }
    this.#closed = true;
    this.#unlisten();
    const resting = this.#resting;
    resting?.controller.abort();
    await Promise.all([this.#leaving, resting?.done]);
    await this.#inner.close();
  };

  #hold(cause: () => LinkCause): () => void {
    const hold: Hold = { cause, since: this.#options.clock.wall() };
    this.#holds.push(hold);
    if (this.#holds.length === 1) this.#leave();
    this.#tell();
    return () => {
      const place = this.#holds.indexOf(hold);
      if (place === -1) return;
      this.#holds.splice(place, 1);
      if (this.#holds.length > 0 || !this.#wanted) this.#tell();
      else this.#begin();
    };
  }

  #ask<T>(what: string, asked: () => Promise<T>): Promise<T> {
    if (this.#holds.length > 0) throw new LinkError("closed", what, this.status().cause?.text ?? "");
    const answer = asked();
    this.#reading = Promise.allSettled([this.#reading, answer]);
    return answer;
  }

  readonly #tell = (): void => {
    if (this.#closed) return;
    const status = this.status();
    for (const listener of [...this.#listeners]) listener(status);
  };

  #begin(): void {
    if (this.#begun || this.#closed || this.#holds.length > 0) return;
    this.#begun = true;
    const renewed = this.#ended;
    if (renewed) this.#renew();
    const inner = this.#inner;
    void this.#leaving.then(() => {
      if (!this.#closed && inner === this.#inner && this.#holds.length === 0) inner.start();
    });
    if (renewed) this.#tell();
  }

  #leave(): void {
    const begun = this.#begun;
    this.#begun = false;
    this.#ended = true;
    this.#unlisten();
    if (begun) this.#leaving = this.#end(this.#inner, this.#leaving);
  }

  /** Ends a source when the read in progress has ended, or has had its time. */
  async #end(inner: MeterSource, before: Promise<void>): Promise<void> {
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
    this.#ended = false;
    this.#before = sum(this.#before, this.#inner.status().counters);
    this.#identity = this.#inner.identity() ?? this.#identity;
    this.#inner = this.#options.make();
    this.#unlisten = this.#inner.listen(this.#tell);
  }
}
