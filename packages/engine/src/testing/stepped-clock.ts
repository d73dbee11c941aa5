/** A clock for tests whose wall time is set apart from monotonic time, as owners, NTP and a flat battery do. */
import type { Clock, Millis } from "@meterport/protocol/ports";

/** A clock around another one: the same deadlines and monotonic time, another wall time. */
export class SteppedClock implements Clock {
  readonly #clock: Clock;
  #offset: Millis;

  constructor(clock: Clock, options: { readonly ahead?: Millis | undefined } = {}) {
    this.#clock = clock;
    this.#offset = options.ahead ?? 0;
  }

  readonly now = (): Millis => this.#clock.now();
  readonly wall = (): Millis => this.#clock.wall() + this.#offset;
  readonly at: Clock["at"] = (time, task) => this.#clock.at(time, task);

  /** Sets wall time forward, or back by a negative number. */
  step(milliseconds: Millis): void {
    this.#offset += milliseconds;
  }
}
