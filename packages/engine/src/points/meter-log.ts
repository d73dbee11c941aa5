/** The meter's own event log for pages: read on request, and rarely enough that pages cannot burden the meter. */
import type { LogEvent } from "@meterport/client/readers/events";
import { MeterportError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { MeterSource } from "../ports/meter-source.ts";

/** Most entries that can be requested: as many as the logs of most meters hold. */
export const mostLogEntries = 100;

/** How long entries that were read stay valid. */
const goodFor: Millis = 60_000;
/** A meter that did not give its log is not asked again at once. */
const restAfterFailure: Millis = 5_000;
/** A hundred entries at 2400 baud, over a slow bridge. */
const longestRead: Millis = 60_000;
/** Reads are of this many entries or of the most, so that different requests within a minute cost two reads at most. */
const sizes: readonly number[] = [25, mostLogEntries];

/** Entries of the log. */
export interface MeterLogRead {
  /** When it was read, Unix milliseconds. */
  readonly time: Millis;
  /** Newest first. */
  readonly entries: readonly LogEvent[];
}

interface Reading {
  readonly size: number;
  readonly result: Promise<MeterLogRead>;
}

export class MeterLog {
  readonly #source: Pick<MeterSource, "events">;
  readonly #clock: Clock;
  #kept: (MeterLogRead & { readonly size: number; readonly until: Millis }) | undefined;
  #reading: Reading | undefined;
  #failure: { readonly error: unknown; readonly until: Millis } | undefined;

  constructor({ source, clock }: { readonly source: Pick<MeterSource, "events">; readonly clock: Clock }) {
    this.#source = source;
    this.#clock = clock;
  }

  /**
   * The newest entries, at most `count` of them.
   *
   * @throws MeterportError if the meter does not give them
   */
  async read(count: number): Promise<MeterLogRead> {
    const size = sizes.find((most) => count <= most) ?? mostLogEntries;
    const { time, entries } = await this.#atLeast(size);
    return { time, entries: entries.slice(0, count) };
  }

  async #atLeast(size: number): Promise<MeterLogRead> {
    for (;;) {
      const now = this.#clock.now();
      const kept = this.#kept;
      if (kept !== undefined && now < kept.until && kept.size >= size) return kept;
      if (this.#reading === undefined) {
        if (this.#failure !== undefined && now < this.#failure.until) throw this.#failure.error;
        this.#reading = { size, result: this.#readNow(size) };
      }
      const { size: underWay, result } = this.#reading;
      if (underWay >= size) return result;
      // A shorter read is in progress: the meter is asked one thing at a time.
      await result.catch(() => {});
    }
  }

  async #readNow(size: number): Promise<MeterLogRead> {
    try {
      const entries = await this.#source.events(size, longestRead);
      const time = this.#clock.wall();
      // If it gave fewer entries than requested, that was the whole log.
      const known = entries.length < size ? mostLogEntries : size;
      this.#kept = { time, entries, size: known, until: this.#clock.now() + goodFor };
      this.#failure = undefined;
      return this.#kept;
    } catch (error) {
      if (error instanceof MeterportError) this.#failure = { error, until: this.#clock.now() + restAfterFailure };
      throw error;
    } finally {
      this.#reading = undefined;
    }
  }
}
