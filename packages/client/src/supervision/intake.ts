/** How fast what comes is read: whoever floods one pipe must not take the time of all others. */
import type { Millis } from "@meterport/protocol/ports";

/** Bytes that are read at once, and in each second: more than twenty times what the fastest line carries. */
const most = 256 * 1024;

/**
 * The pace of one pipe.
 *
 * @example
 * const intake = new Intake();
 * [intake.take(262_144, 0), intake.take(131_072, 0), intake.take(478, 5000)] // [0, 500, 0]
 */
export class Intake {
  #room = most;
  #at: Millis | undefined;

  /** Takes so many bytes; milliseconds to rest before the next are read, 0 on any line of a meter. */
  take(length: number, now: Millis): Millis {
    const passed = now - (this.#at ?? now);
    this.#room = Math.min(most, this.#room + (passed * most) / 1000) - length;
    this.#at = now;
    return Math.max(0, (-this.#room * 1000) / most);
  }
}
