/** Hands the journal to one output, from where it stopped. */
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import type { Batch } from "../ports/output.ts";
import type { Store } from "../ports/store.ts";
import { Outstanding } from "./outstanding.ts";
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
  /** Whether the next batch may follow while some of the one before is still to be acknowledged. */
  readonly ahead: boolean;
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
  #outstanding = new Outstanding(0);
  /** What was asked of the store. */
  #read = 0;
  #saved = 0;
  #savedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Whether something was delivered since the position was stored. */
  #news = false;
  #isGiving = false;
  /** When the consumer was given or acknowledged something. */
  #movedAt: Millis = 0;
  #stopWatch: (() => void) | undefined;
  #isOver = false;
  #fail: (error: Error) => void = () => {};
  #asking: Millis | undefined;
  /** Whether the last try to store the position failed. */
  #unsaved = false;

  constructor(options: JournalFeedOptions, signal: Signal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** What is delivered, by number; undefined before the store was asked. */
  get cursor(): number | undefined {
    return this.#savedAt === Number.NEGATIVE_INFINITY ? undefined : this.#outstanding.cursor;
  }

  /** Since when the store owes an answer, or the output an acknowledgement; undefined while neither does. */
  get busySince(): Millis | undefined {
    return this.#asking ?? (this.#isOwed ? this.#movedAt : undefined);
  }

  /** Delivers until the signal. Rejects with what the output rejects with, or if it is stuck. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#signal.addEventListener("abort", () => resolve(), { once: true });
      this.#fail = reject;
    });
    try {
      await Promise.race([ended, this.#feed()]);
    } finally {
      this.#isOver = true;
      this.#stopWatch?.();
      await this.#save();
    }
  }

  async #feed(): Promise<void> {
    const { store, limits, sees } = this.#options;
    await this.#tried(() => this.#begin());
    while (!this.#signal.aborted && !this.#isOver) {
      const found = await this.#tried(() => store.journal({ after: this.#read, limit: limits.page }));
      if (found === undefined || this.#isOver) return;
      const { next, oldest, passed, more } = found;
      // The store was replaced by an older one while it was used.
      if (next < this.#read) {
        await this.#tried(() => this.#begin());
        continue;
      }
      const entries = found.entries.filter(({ point }) => sees(point));
      const lost = passed ? { after: this.#read, before: oldest ?? next + 1 } : null;
      if (lost !== null) this.#options.lost(lost.before - lost.after - 1);
      if (entries.length > 0 || lost !== null) await this.#give({ entries, lost });
      if (this.#isOver) return;
      this.#outstanding.gave(next);
      this.#read = next;
      await this.#save();
      if (!more) await this.#pause(limits.look);
    }
  }

  async #begin(): Promise<void> {
    const { store, reader, begins } = this.#options;
    const [stored, { journal }] = await Promise.all([store.cursor(reader), store.status()]);
    const first = begins === "now" ? journal.newest : (journal.oldest ?? journal.newest + 1) - 1;
    // A higher number than the newest is that of another store, which was replaced or restored since.
    this.#read = Math.min(stored ?? first, journal.newest);
    this.#outstanding = new Outstanding(this.#read);
    this.#saved = this.#read;
    this.#savedAt = this.#options.clock.now();
    if (stored !== this.#read) await store.setCursor(reader, this.#read);
  }

  /** What was acknowledged before it rejects counts. */
  async #give(batch: Batch): Promise<void> {
    const { deliver, ahead } = this.#options;
    const numbers = batch.entries.map(({ number }) => number);
    const last = numbers.at(-1) ?? 0;
    this.#outstanding.add(numbers);
    this.#isGiving = true;
    this.#news = true;
    this.#moved();
    try {
      await deliver(batch, (number) => this.#acknowledge(Math.min(number, last)), this.#signal);
      if (!ahead) this.#acknowledge(last);
    } finally {
      this.#isGiving = false;
    }
  }

  #acknowledge(number: number): void {
    if (this.#isOver) return;
    const count = this.#outstanding.acknowledge(number);
    if (count === 0) return;
    this.#news = true;
    this.#options.delivered(count);
    this.#moved();
  }

  get #isOwed(): boolean {
    return !this.#isOver && (this.#isGiving || this.#outstanding.size > 0);
  }

  #moved(): void {
    this.#movedAt = this.#options.clock.now();
    if (this.#stopWatch === undefined && this.#isOwed) this.#watch();
  }

  /** One timer goes on from the last movement: one for each acknowledgement would cost more than the message. */
  #watch(): void {
    const { clock, limits } = this.#options;
    const due = this.#movedAt + limits.stuck;
    this.#stopWatch = clock.at(due, () => {
      this.#stopWatch = undefined;
      if (!this.#isOwed) return;
      if (clock.now() < this.#movedAt + limits.stuck) this.#watch();
      else this.#fail(new StuckError(stuckText(this.#outstanding.range, limits.stuck)));
    });
  }

  async #save(): Promise<void> {
    const { store, reader, clock, storeProblem } = this.#options;
    const number = this.#outstanding.cursor;
    if (number === this.#saved || (!this.#news && clock.now() - this.#savedAt < saveEvery)) return;
    this.#news = this.#outstanding.size > 0;
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

const stuckText = (range: readonly [number, number] | undefined, limit: Millis): string => {
  const [first, last] = range ?? [];
  const what = first === undefined ? "changes" : first === last ? `change ${first}` : `changes ${first} to ${last}`;
  return `the consumer acknowledged nothing of ${what} for ${Math.round(limit / 1000)} s`;
};
