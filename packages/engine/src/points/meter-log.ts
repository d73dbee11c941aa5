/** The meter's own event log for pages: read on request, and rarely enough that pages cannot burden the meter. */
import type { LogEvent } from "@meterport/client/readers/events";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { MeterSource } from "../ports/meter-source.ts";
import { RestedReader } from "./rested-reader.ts";

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

export class MeterLog {
  readonly #reader: RestedReader<readonly LogEvent[]>;

  constructor({ source, clock }: { readonly source: Pick<MeterSource, "events">; readonly clock: Clock }) {
    this.#reader = new RestedReader({
      clock,
      goodFor,
      restAfterFailure,
      read: (size) => source.events(size, longestRead),
      // If it gave fewer entries than requested, that was the whole log.
      covers: (entries, size) => (entries.length < size ? mostLogEntries : size),
    });
  }

  /**
   * The newest entries, at most `count` of them.
   *
   * @throws MeterportError if the meter does not give them
   */
  async read(count: number): Promise<MeterLogRead> {
    const { time, value } = await this.#reader.read(sizes.find((most) => count <= most) ?? mostLogEntries);
    return { time, entries: value.slice(0, count) };
  }
}
