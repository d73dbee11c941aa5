/** Notices that somebody set a clock, by a clock that nobody can set. Pure. */
import type { Millis } from "@meterport/protocol/ports";

/** Clocks that are slewed drift less between two looks. */
const tolerance: Millis = 2_000;

export class ClockSteps {
  #apart: Millis | undefined;

  /**
   * Compares the clocks again. Pass looks a few seconds apart: slow drift is none of its business.
   *
   * @param now of the monotonic clock
   * @param other milliseconds since 1970 by the clock that may be set
   * @param doubt how far apart the two may have been read
   * @returns by how many milliseconds the other one was stepped, positive if forward; undefined if it was not
   */
  look(now: Millis, other: Millis, doubt: Millis = 0): Millis | undefined {
    const apart = other - now;
    const step = this.#apart === undefined ? 0 : apart - this.#apart;
    this.#apart = apart;
    return Math.abs(step) > tolerance + doubt ? Math.round(step) : undefined;
  }
}
