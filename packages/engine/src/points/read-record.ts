/** The outcomes of the reads of one point, for its summary. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { TakenReading } from "./joined-reading.ts";
import type { TakenAt } from "./staleness.ts";

/** Counts reads since the start, and keeps the newest reading with the moment it was taken. */
export class ReadRecord {
  #full: TakenReading | undefined;
  #power: TakenReading | undefined;
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
    this.#full = { reading, taken };
    this.#roundTrip = roundTrip;
  }

  tookPower(reading: LiveReading, taken: TakenAt): void {
    this.#power = { reading, taken };
  }

  /** The newest full set; undefined before the first. */
  get full(): TakenReading | undefined {
    return this.#full;
  }

  /** The newest set of power alone. */
  get power(): TakenReading | undefined {
    return this.#power;
  }

  /** In the shape of the API. */
  get counts(): {
    readonly last_reading: string | null;
    readonly polls: number;
    readonly failures: number;
    readonly round_trip_ms: number | null;
  } {
    return {
      last_reading: this.#full?.reading.time ?? null,
      polls: this.#reads,
      failures: this.#failures,
      round_trip_ms: this.#roundTrip === null ? null : Math.round(this.#roundTrip),
    };
  }
}
