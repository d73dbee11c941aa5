/** Limits how fast a pipe is read: a peer that floods one pipe must not take the time of all others. */
import type { Millis } from "@meterport/protocol/ports";

/** Bytes to read at once, and in each second: over twenty times what the fastest line carries. */
const most = 256 * 1024;

/**
 * The read rate of one pipe.
 *
 * @example
 * const intake = new Intake();
 * [intake.take(262_144, 0), intake.take(131_072, 0), intake.take(478, 5000)] // [0, 500, 0]
 */
export class Intake {
  #room = most;
  #at: Millis | undefined;

  /** Takes a number of bytes; returns milliseconds to rest before the next read, 0 on any real meter's line. */
  take(length: number, now: Millis): Millis {
    const passed = now - (this.#at ?? now);
    this.#room = Math.min(most, this.#room + (passed * most) / 1000) - length;
    this.#at = now;
    return Math.max(0, (-this.#room * 1000) / most);
  }
}
