/** Notices that this process stood still: it was paused, its machine slept, or something held it up. */
import type { Clock, Millis } from "@meterport/protocol/ports";

const period: Millis = 1_000;
/**
 * A claim that was confirmed a heartbeat's period before holds on through this, with seconds to spare: nobody can have taken what is held
 * here.
 */
const shortest: Millis = 4_000;

export class Standstill {
  readonly #clock: Pick<Clock, "now" | "at">;
  #seen: Millis;
  #over: Millis = Number.NEGATIVE_INFINITY;
  #cancel = (): void => {};

  constructor(clock: Pick<Clock, "now" | "at">) {
    this.#clock = clock;
    this.#seen = clock.now();
  }

  /** Looks by itself from now on, until `stop`: a process in which nobody asks for a while would seem to stand still. */
  watch(): void {
    this.#cancel = this.#clock.at(this.#clock.now() + period, () => {
      this.over();
      this.watch();
    });
  }

  /**
   * When the last standstill was over, by the monotonic clock; minus infinity before the first. Timers that were due meanwhile run in any order,
   * so each that asks is the first that may notice.
   */
  over(): Millis {
    const now = this.#clock.now();
    if (now - this.#seen > shortest) this.#over = now;
    this.#seen = now;
    return this.#over;
  }

  stop(): void {
    this.#cancel();
  }
}
