/** Hands the journal to one output, from where it stopped. */
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import type { Batch } from "../ports/output.ts";
import type { Store } from "../ports/store.ts";
import { sentenceOf } from "./sentence.ts";

/** What an output does with a batch. */
export type Deliver = (batch: Batch, acknowledge: (number: number) => void, signal: Signal) => Promise<void>;

export interface JournalFeedOptions {
  /** Name of its cursor in the store. */
  readonly reader: string;
  readonly begins: "now" | "oldest";
  readonly store: Pick<Store, "journal" | "cursor" | "setCursor" | "status">;
  /** Whether the output may see a point, or a meter behind one, now. */
  readonly sees: (point: string) => boolean;
  readonly clock: Clock;
  readonly deliver: Deliver;
  /** Called for each number of entries that a consumer took, and of those that are lost. */
  readonly delivered: (count: number) => void;
  readonly lost: (count: number) => void;
  /** Why the store does not answer; null once it does. */
  readonly storeProblem: (problem: string | null) => void;
  readonly limits: FeedLimits;
}

export interface FeedLimits {
  /** A delivery in which nothing is acknowledged for so long is stuck. */
  readonly stuck: Millis;
  /** How soon a new entry is seen. */
  readonly look: Millis;
  /** Entries at once. */
  readonly page: number;
}

/** An output that takes nothing and says nothing. */
export class StuckError extends Error {}

/** A position without news is stored only so often: each time costs a write to the disk. */
const saveEvery: Millis = 60_000;
const longestPause: Millis = 30_000;

export class JournalFeed {
  readonly #options: JournalFeedOptions;
  readonly #signal: Signal;
  #cursor = 0;
  #saved = 0;
  #savedAt: Millis = Number.NEGATIVE_INFINITY;
  #busySince: Millis | undefined;
  #asking: Millis | undefined;
  /** Whether the last try to store the position failed. */
  #unsaved = false;

  constructor(options: JournalFeedOptions, signal: Signal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** What is delivered, by number; undefined before the store was asked. */
  get cursor(): number | undefined {
    return this.#savedAt === Number.NEGATIVE_INFINITY ? undefined : this.#cursor;
  }

  /** Since when the store owes an answer, or the output an acknowledgement; undefined while neither does. */
  get busySince(): Millis | undefined {
    return this.#asking ?? this.#busySince;
  }

  /** Delivers until the signal. Rejects with what the output rejects with, or if it is stuck. */
  async run(): Promise<void> {
    const { store, limits, sees } = this.#options;
    const interrupt = (): void => this.#interrupt();
    this.#signal.addEventListener("abort", interrupt, { once: true });
    await this.#tried(() => this.#begin());
    while (!this.#signal.aborted) {
      const found = await this.#tried(() => store.journal({ after: this.#cursor, limit: limits.page }));
      if (found === undefined) return;
      const { next, oldest, passed, more } = found;
      const entries = found.entries.filter(({ point }) => sees(point));
      const lost = passed ? { after: this.#cursor, before: oldest ?? next + 1 } : null;
      if (lost !== null) this.#options.lost(lost.before - lost.after - 1);
      const news = entries.length > 0 || lost !== null;
      try {
        if (news) await this.#deliver({ entries, lost });
        this.#cursor = next;
      } finally {
        await this.#save(news);
      }
      if (!more) await this.#pause(limits.look);
    }
  }

  async #begin(): Promise<void> {
    const { store, reader, begins } = this.#options;
    const [stored, { journal }] = await Promise.all([store.cursor(reader), store.status()]);
    const first = begins === "now" ? journal.newest : (journal.oldest ?? journal.newest + 1) - 1;
    // A higher number than the newest is that of another store, which was replaced or restored since.
    this.#cursor = Math.min(stored ?? first, journal.newest);
    this.#saved = this.#cursor;
    this.#savedAt = this.#options.clock.now();
    if (stored !== this.#cursor) await store.setCursor(reader, this.#cursor);
  }

  /** Rejects if the output does, is stuck or is stopped; what was acknowledged before that counts. */
  async #deliver(batch: Batch): Promise<void> {
    const { clock, deliver, delivered, limits } = this.#options;
    const numbers = batch.entries.map(({ number }) => number);
    let acknowledged = 0;
    let open = true;
    let watch = (): void => {};
    // Not Promise.race with one long-lived promise, which would keep a trace of every batch.
    await new Promise<void>((resolve, reject) => {
      const arm = (): void => {
        watch();
        this.#busySince = clock.now();
        watch = clock.at(clock.now() + limits.stuck, () => reject(new StuckError(stuckText(numbers, limits.stuck))));
      };
      const acknowledge = (number: number): void => {
        const before = acknowledged;
        while (open && (numbers[acknowledged] ?? Number.POSITIVE_INFINITY) <= number) acknowledged++;
        if (acknowledged === before) return;
        this.#cursor = numbers[acknowledged - 1] ?? this.#cursor;
        delivered(acknowledged - before);
        arm();
      };
      this.#interrupt = () => reject(new Error("it was stopped"));
      arm();
      deliver(batch, acknowledge, this.#signal).then(() => {
        acknowledge(numbers.at(-1) ?? 0);
        resolve();
      }, reject);
    }).finally(() => {
      open = false;
      watch();
      this.#interrupt = () => {};
      this.#busySince = undefined;
    });
  }

  #interrupt = (): void => {};

  async #save(news: boolean): Promise<void> {
    const { store, reader, clock, storeProblem } = this.#options;
    if (this.#cursor === this.#saved || (!news && clock.now() - this.#savedAt < saveEvery)) return;
    const number = this.#cursor;
    try {
      await store.setCursor(reader, number);
      this.#saved = number;
      this.#savedAt = clock.now();
      if (this.#unsaved) storeProblem(null);
      this.#unsaved = false;
    } catch (error) {
      // The consumer may get these again after a restart.
      this.#unsaved = true;
      storeProblem(`its position cannot be stored: ${sentenceOf(error)}`);
    }
  }

  /** Asks the store until it answers; undefined if the output stopped before. */
  async #tried<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const { clock, storeProblem } = this.#options;
    for (let failures = 0; !this.#signal.aborted; failures++) {
      this.#asking = clock.now();
      try {
        const answer = await ask();
        if (failures > 0) storeProblem(null);
        return answer;
      } catch (error) {
        storeProblem(`the store does not answer: ${sentenceOf(error)}`);
      } finally {
        this.#asking = undefined;
      }
      await this.#pause(Math.min(1_000 * 2 ** failures, longestPause));
    }
    return undefined;
  }

  #pause(time: Millis): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      if (this.#signal.aborted) return resolve();
      const done = (): void => {
        cancel();
        this.#signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.at(clock.now() + time, done);
      this.#signal.addEventListener("abort", done, { once: true });
    });
  }
}

const stuckText = (numbers: readonly number[], limit: Millis): string => {
  const [first, last] = [numbers[0], numbers.at(-1)];
  const what = first === undefined ? "changes" : first === last ? `change ${first}` : `changes ${first} to ${last}`;
  return `the consumer acknowledged nothing of ${what} for ${Math.round(limit / 1000)} s`;
};
