/** Deletes what is too old, and says so: at once when it begins or something holds it back, then once a day. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Log } from "../ports/log.ts";
import type { PruneLimits, PruneReport, Store } from "../ports/store.ts";
import { type KeptFor, type PruneMemory, prunedSentence, prunePlan } from "./prune-plan.ts";

export interface PruneRoutineOptions {
  readonly store: Pick<Store, "prune" | "status" | "readings" | "memo" | "write">;
  /** Points whose oldest readings are looked at; the first holds the memo. */
  readonly points: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly keptFor: KeptFor;
  /** Meters' clocks minus the machine's, as far as they are known. */
  readonly meterOffsets?: (() => readonly Millis[]) | undefined;
}

/** Name of the memo in the store. */
const pruneMemoName = "prune";

const tellEvery: Millis = 86_400_000;
/** Enough to know how far the stored readings go back. */
const fewPoints = 10;

const sum = (a: PruneReport, b: PruneReport): PruneReport => ({
  readings: a.readings + b.readings,
  minutes: a.minutes + b.minutes,
  events: a.events + b.events,
  journal: a.journal + b.journal,
});
const nothing: PruneReport = { readings: 0, minutes: 0, events: 0, journal: 0 };

export class PruneRoutine {
  readonly #options: PruneRoutineOptions;
  #memory: PruneMemory | undefined;
  #oldest: Millis | null = null;
  #untold: PruneReport = nothing;
  /** Monotonic time of the last sentence about what was deleted. */
  #told: Millis | undefined;
  /** The reason that was logged last, without its figures. */
  #reason: string | undefined;

  constructor(options: PruneRoutineOptions) {
    this.#options = options;
  }

  /** One plan and what it allows. @throws what the store throws */
  async run(): Promise<void> {
    const { store, clock, keptFor, meterOffsets } = this.#options;
    const { newestReading } = await store.status();
    if (this.#memory === undefined) this.#oldest = await this.#oldestReading();
    const believedBefore = this.#memory === undefined ? await this.#believedBefore() : null;
    const { limits, why, memory } = prunePlan({
      wall: clock.wall(),
      monotonic: clock.now(),
      newestReading,
      oldestReading: this.#oldest,
      meterOffsets: meterOffsets?.(),
      keptFor,
      believedBefore,
      last: this.#memory,
    });
    this.#memory = memory;
    this.#tellReason(why);
    await this.#keep(memory.believed);
    if (limits !== null) this.#tellDeleted(limits, await store.prune(limits));
  }

  async #believedBefore(): Promise<Millis | null> {
    const { store, points } = this.#options;
    const [point] = points();
    const text = point === undefined ? undefined : await store.memo(point, pruneMemoName);
    const time = Number(text ?? Number.NaN);
    return Number.isSafeInteger(time) ? time : null;
  }

  async #keep(believed: Millis): Promise<void> {
    const { store, points } = this.#options;
    const [point] = points();
    if (point === undefined) return;
    await store.write({ memos: [{ point, name: pruneMemoName, text: String(Math.round(believed)) }] });
  }

  async #oldestReading(): Promise<Millis | null> {
    const { store, points } = this.#options;
    const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1 };
    const times: Millis[] = [];
    for (const point of points().slice(0, fewPoints))
      for (const { time } of await store.readings(point, all)) times.push(Date.parse(time));
    return times.length === 0 ? null : Math.min(...times);
  }

  #tellReason(why: string | null): void {
    const reason = why?.replaceAll(/\d/g, "");
    if (why !== null && reason !== this.#reason) this.#options.log.warn(`history: ${why}`);
    this.#reason = reason;
  }

  #tellDeleted(limits: PruneLimits, report: PruneReport): void {
    const now = this.#options.clock.now();
    this.#untold = sum(this.#untold, report);
    if (this.#told !== undefined && now - this.#told < tellEvery) return;
    const sentence = prunedSentence(limits, this.#untold);
    if (sentence === null) return;
    this.#options.log.info(`history: ${sentence}`);
    this.#untold = nothing;
    this.#told = now;
  }
}
