/** The outcomes of the reads of one point, for its summary. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { TakenAt } from "./staleness.ts";

/** Counts reads since the start, and keeps the newest reading with the moment it was taken. */
export class ReadRecord {
  #newest: LiveReading | null = null;
  #taken: TakenAt | undefined;
  #reads = 0;
  #failures = 0;
  #roundTrip: Millis | null = null;

  began(): void {
    this.#reads++;
  }

  failed(): void {
    this.#failures++;
  }

  took(reading: LiveReading, taken: TakenAt, roundTrip: Millis): void {
    this.#newest = reading;
    this.#taken = taken;
    this.#roundTrip = roundTrip;
  }

  get newest(): LiveReading | null {
    return this.#newest;
  }

  /** When the newest reading was taken; undefined before the first. */
  get taken(): TakenAt | undefined {
    return this.#taken;
  }

  /** In the shape of the API. */
  get counts(): {
    readonly last_reading: string | null;
    readonly polls: number;
    readonly failures: number;
    readonly round_trip_ms: number | null;
  } {
    return {
      last_reading: this.#newest?.time ?? null,
      polls: this.#reads,
      failures: this.#failures,
      round_trip_ms: this.#roundTrip === null ? null : Math.round(this.#roundTrip),
    };
  }
}
