/** The database of a model: when it is away, how fast it books, and what it forgets. */
import type { Millis } from "@meterport/protocol/ports";
import type { ModelWorker } from "./model-holders.ts";
import type { ReadSlots } from "./model-outbox.ts";
import type { ModelSettings } from "./model-settings.ts";
import type { Tally } from "./model-tally.ts";
import { slotsPerDay, slotTime } from "./model-times.ts";
import type { Seeded } from "./seeded.ts";
import type { SlotBook } from "./slot-book.ts";

const channels = 4;
/** Slots that are lost by an amnesia, and those after them that are not. */
const forgottenSlots = 8;
const keptSlots = 16;

export class ModelDatabase {
  readonly #settings: ModelSettings;
  readonly #book: SlotBook;
  readonly #tally: Tally;

  constructor(settings: ModelSettings, book: SlotBook, tally: Tally) {
    this.#settings = settings;
    this.#book = book;
    this.#tally = tally;
  }

  /** When it comes back; undefined if it is there. */
  back(now: Millis): Millis | undefined {
    return this.#settings.faults.databaseAway.find(({ from, until }) => now >= from && now < until)?.until;
  }

  /** Whether it was away at any moment of a time. */
  wasAway(from: Millis, until: Millis): boolean {
    return this.#settings.faults.databaseAway.some((away) => from < away.until && until >= away.from);
  }

  /** Books the oldest entries of an outbox: a worker's share of what the database takes in a second. */
  bookSome(worker: ModelWorker, now: Millis): void {
    const most = this.#settings.mergesPerSecond / this.#settings.workers;
    const entry: ReadSlots = { meter: 0, from: 0, to: 0 };
    let merges = 0;
    while (merges < most && worker.outbox.take(entry)) {
      const { meter, from, to } = entry;
      const fresh = this.#book.book(meter, from, to);
      this.#tally.booked += fresh;
      this.#tally.bookedAgain += to - from - fresh;
      merges += channels * (Math.floor((to - 1) / slotsPerDay) - Math.floor(from / slotsPerDay) + 1);
    }
    this.#tally.merged(now, merges);
  }

  /** Loses two hours of a share of the meters, from six hours ago. */
  forget(share: number, now: Millis, chance: Seeded): void {
    const until = Math.max(0, Math.floor(now / slotTime) - keptSlots);
    for (let meter = 0; meter < this.#settings.meters; meter++)
      if (chance.next() < share)
        this.#tally.forgotten += this.#book.forget(meter, Math.max(0, until - forgottenSlots), until);
  }
}
