/** Keeps one output running: opens it, feeds it, tries again after failures, and knows how it is doing. */
import { StopSignal } from "@meterport/client/session/stop-signal";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { Log } from "../ports/log.ts";
import type { Output, OutputContext, OutputState, OutputStatus, PointView, RunningOutput } from "../ports/output.ts";
import type { Store } from "../ports/store.ts";
import { type FeedLimits, JournalFeed, StuckError } from "./journal-feed.ts";
import type { PointBook } from "./point-book.ts";
import { retryAfter } from "./retry.ts";
import { sentenceOf } from "./sentence.ts";
import { within } from "./within.ts";

export interface RunnerLimits extends FeedLimits {
  /** Longest time to reach the consumer, for a test of it, and to say goodbye. */
  readonly open: Millis;
  readonly test: Millis;
  readonly close: Millis;
  /** Milliseconds before the next try after so many failures in a row. */
  readonly retryAfter: (failures: number, entropy: Entropy) => Millis;
}

export const usualLimits: RunnerLimits = {
  open: 30_000,
  test: 15_000,
  close: 2_000,
  stuck: 60_000,
  look: 1_000,
  page: 1_000,
  retryAfter,
};

export interface RunnerOptions {
  readonly output: Output;
  /** Ids of the points that it may see; undefined for all. */
  readonly only?: readonly string[] | undefined;
  readonly book: PointBook;
  readonly store: Pick<Store, "journal" | "cursor" | "setCursor" | "status"> & OutputContext["history"];
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly version: string;
  readonly limits?: Partial<RunnerLimits> | undefined;
}

/** Of a test: whether the consumer took something, and what was seen. Of pairing: whether somebody may come in, and for how long. */
export interface OutputTest {
  readonly ok: boolean;
  readonly text: string;
}

/** An output that lasted for so long was not at fault for what came after. */
const lasted: Millis = 30_000;

/** The name under which the store keeps the position of an output. */
export const readerOf = (name: string): string => `output:${name}`;

/** One life of an output, from one try to the next. */
interface Life {
  readonly signal: StopSignal;
  running?: RunningOutput | undefined;
  feed?: JournalFeed | undefined;
  /** Since when it is being opened or closed. */
  busySince?: Millis | undefined;
  /** Ends it with a reason, once it is open. */
  fail?: ((error: unknown) => void) | undefined;
  /** Ends what is taken from the gateway. */
  readonly ends: (() => void)[];
}

export class OutputRunner {
  readonly #options: RunnerOptions;
  readonly #limits: RunnerLimits;
  readonly #log: Log;
  readonly #only: ReadonlySet<string> | undefined;
  #life: Life | undefined;
  /** Counts the loops; the one with the newest number goes on. */
  #loop = 0;
  #done: Promise<void> = Promise.resolve();
  #wake = (): void => {};
  #failuresInRow = 0;
  #state: OutputState = "stopped";
  #since: Millis;
  #problem: string | null = null;
  #storeProblem: string | null = null;
  #logged: string | null = null;
  #lastDelivered: Millis | null = null;
  #counts = { sent: 0, delivered: 0, skipped: 0, lost: 0, failures: 0, stuck: 0 };
  #cursor: number | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#limits = { ...usualLimits, ...options.limits };
    this.#only = options.only === undefined ? undefined : new Set(options.only);
    this.#since = options.clock.wall();
    const { log } = options;
    const named = (line: string): string => `output ${this.name}: ${line}`;
    this.#log = {
      info: (text, about) => log.info(named(text), about),
      warn: (text, about) => log.warn(named(text), about),
      error: (text, about) => log.error(named(text), about),
    };
  }

  get name(): string {
    return this.#options.output.name;
  }

  /** Since when it owes an end of opening, delivering or closing, on the monotonic clock; undefined while it does not. */
  readonly busySince = (): Millis | undefined => this.#life?.busySince ?? this.#life?.feed?.busySince;

  start(): void {
    const loop = ++this.#loop;
    this.#set("connecting", null);
    void this.#claim();
    this.#done = this.#run(loop);
  }

  /** Ends it within some seconds. */
  async stop(): Promise<void> {
    this.#loop++;
    this.#set("stopped", null);
    const life = this.#life;
    life?.signal.raise();
    this.#wake();
    await within(this.#options.clock, this.#limits.close + 500, this.#done, () => undefined);
  }

  /** Leaves what is stuck behind, and begins again. */
  async restart(): Promise<void> {
    this.#counts.stuck++;
    const life = this.#life;
    this.start();
    life?.signal.raise();
  }

  /** @param newest number of the newest entry of the journal; null if the store does not say */
  status(newest: number | null): OutputStatus {
    const cursor = this.#life?.feed?.cursor ?? this.#cursor;
    return {
      name: this.name,
      state: this.#state,
      since: this.#since,
      problem: this.#problem ?? this.#storeProblem,
      lastDelivered: this.#lastDelivered,
      ...this.#counts,
      points: this.#points().length,
      journal: cursor === undefined || newest === null ? null : { cursor, behind: Math.max(0, newest - cursor) },
    };
  }

  /** Tries at once whether the consumer takes something. */
  async test(): Promise<OutputTest> {
    const { clock } = this.#options;
    const { test } = this.#limits;
    if (this.#state === "stopped") return { ok: false, text: "the output does not run" };
    const until = clock.now() + test;
    if (this.#state !== "up") await this.#settled(until);
    const running = this.#life?.running;
    if (this.#state !== "up" || running === undefined)
      return { ok: false, text: this.#problem ?? `there is no connection yet after ${Math.round(test / 1000)} s` };
    const signal = new StopSignal();
    try {
      const late = (): Error => new Error(`the consumer does not answer within ${Math.round(test / 1000)} s`);
      return { ok: true, text: await within(clock, test, running.test(signal), late) };
    } catch (error) {
      return { ok: false, text: sentenceOf(error) };
    } finally {
      signal.raise();
    }
  }

  /** Lets the next program in that asks for it. */
  pair(): OutputTest {
    const running = this.#life?.running;
    if (this.#state !== "up" || running === undefined)
      return { ok: false, text: this.#problem ?? "the output does not run: try again once it is up" };
    if (running.pair === undefined) return { ok: false, text: "what reads this output needs no pairing" };
    return { ok: true, text: running.pair() };
  }

  /** Begins the next try now, and waits until it has succeeded or failed. */
  async #settled(until: Millis): Promise<void> {
    const { clock } = this.#options;
    const failures = this.#counts.failures;
    this.#wake();
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#state !== "up" && this.#counts.failures === failures && clock.now() < until) return;
        this.#watchers.delete(look);
        cancel();
        resolve();
      };
      const cancel = clock.at(until, look);
      this.#watchers.add(look);
    });
  }

  /** A new output also gets what changes before its consumer is there for the first time. */
  async #claim(): Promise<void> {
    const { output, store } = this.#options;
    if (output.begins !== "now") return;
    const reader = readerOf(output.name);
    try {
      const [stored, { journal }] = await Promise.all([store.cursor(reader), store.status()]);
      if (stored === undefined) await store.setCursor(reader, journal.newest);
    } catch {
      // The feed asks again, and tells.
    }
  }

  async #run(loop: number): Promise<void> {
    const { clock, entropy } = this.#options;
    while (loop === this.#loop) {
      const began = clock.now();
      const life: Life = { signal: new StopSignal(), ends: [] };
      this.#life = life;
      const error = await this.#live(life, loop);
      if (loop !== this.#loop) return;
      this.#failed(error, clock.now() - began);
      await this.#pause(this.#limits.retryAfter(this.#failuresInRow, entropy));
    }
  }

  /** From opening to the end; gives the reason of the end. */
  async #live(life: Life, loop: number): Promise<unknown> {
    const { clock } = this.#options;
    const { signal } = life;
    try {
      const running = await this.#opened(life);
      life.running = running;
      if (loop !== this.#loop) return undefined;
      this.#set("up", null);
      this.#log.info("is up");
      await this.#ended(life, running);
      return new Error("the consumer ended the connection");
    } catch (error) {
      return error;
    } finally {
      this.#cursor = life.feed?.cursor ?? this.#cursor;
      for (const end of life.ends) end();
      signal.raise();
      const { running } = life;
      if (running !== undefined) {
        life.busySince = clock.now();
        await within(clock, this.#limits.close, running.close(), () => undefined).catch(() => undefined);
        life.busySince = undefined;
      }
    }
  }

  async #opened(life: Life): Promise<RunningOutput> {
    const { output, clock } = this.#options;
    const { open } = this.#limits;
    life.busySince = clock.now();
    try {
      const opening = output.open(this.#context(life), life.signal).then((running) => {
        // It may end before anybody looks.
        running.ended.catch(() => {});
        return running;
      });
      return await within(clock, open, opening, () => {
        // It may still succeed, when nobody waits for it.
        opening.then((late) => late.close()).catch(() => {});
        return new Error(`there is no connection after ${Math.round(open / 1000)} s`);
      });
    } finally {
      life.busySince = undefined;
    }
  }

  /** Feeds it until it ends, fails, or is stopped. */
  #ended(life: Life, running: RunningOutput): Promise<void> {
    const { store, clock, output } = this.#options;
    const { begins = "now" } = output;
    const { signal } = life;
    return new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", resolve);
      life.ends.push(() => reject(new Error("it ended")));
      life.fail = reject;
      running.ended.then(resolve, reject);
      const { deliver, ahead = false } = running;
      if (deliver === undefined) return;
      life.feed = new JournalFeed(
        {
          ...{ reader: readerOf(this.name), begins, store, clock, limits: this.#limits },
          sees: (id) => {
            if (this.#options.output.takesFormerPoints === true) return this.#sees(id);
            const owner = this.#options.book.ownerOf(id);
            return owner !== undefined && this.#sees(owner);
          },
          ...{ deliver, ahead },
          delivered: (count) => {
            this.#counts.delivered += count;
            this.#lastDelivered = clock.wall();
          },
          lost: (count) => {
            this.#counts.lost += count;
            this.#log.warn(
              `${count} changes were deleted before they could be delivered: raise history.journal_at_most to keep them longer`,
            );
          },
          storeProblem: (problem) => {
            this.#storeProblem = problem;
          },
        },
        signal,
      );
      life.feed.run().catch(reject);
    });
  }

  #context(life: Life): OutputContext {
    const { book, store, clock, entropy, version } = this.#options;
    /** A fault of one output never reaches the meters or another output. */
    const safely = (work: () => void): void => {
      if (life.signal.aborted) return;
      try {
        work();
      } catch (error) {
        life.fail?.(error);
      }
    };
    const taken = (end: () => void): (() => void) => {
      life.ends.push(end);
      return end;
    };
    return {
      points: () => this.#points(),
      children: () => book.children.filter(({ parent }) => this.#sees(parent)),
      onChildren: (listener) => taken(book.onChildren(() => safely(listener))),
      onSnapshot: (listener) =>
        taken(
          book.onSnapshot((point, snapshot) => {
            if (this.#sees(point.id)) safely(() => listener(point, snapshot));
          }),
        ),
      onPoints: (listener) => taken(book.onPoints(() => safely(listener))),
      history: store,
      ...{ clock, entropy, version, log: this.#log },
      sent: (count) => {
        this.#counts.sent += count;
        this.#lastDelivered = clock.wall();
      },
      skipped: (count) => {
        this.#counts.skipped += count;
      },
    };
  }

  #sees(id: string): boolean {
    return this.#only?.has(id) ?? true;
  }

  #points(): readonly PointView[] {
    return this.#options.book.points.filter(({ id }) => this.#sees(id));
  }

  #failed(error: unknown, took: Millis): void {
    const problem = sentenceOf(error);
    if (error instanceof StuckError) this.#counts.stuck++;
    this.#failuresInRow = this.#state === "up" && took >= lasted ? 1 : this.#failuresInRow + 1;
    this.#counts.failures++;
    // The same again tells nothing new.
    if (problem !== this.#logged || this.#state === "up") this.#log.warn(problem);
    this.#logged = problem;
    this.#set("failing", problem);
  }

  #set(state: OutputState, problem: string | null): void {
    if (state !== this.#state) this.#since = this.#options.clock.wall();
    this.#state = state;
    this.#problem = problem;
    for (const look of [...this.#watchers]) look();
  }

  #pause(time: Millis): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#wake = () => {};
        resolve();
      };
      const cancel = clock.at(clock.now() + time, done);
      this.#wake = done;
    });
  }
}
