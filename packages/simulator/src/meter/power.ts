/** A power failure: while it lasts the meter neither hears nor speaks, and what it kept in RAM is lost. */
import type { Millis } from "@meterport/protocol/ports";
import type { Duty } from "../meter-port.ts";

export class Power implements Duty {
  readonly #restored: () => void;
  #until: Millis | undefined;

  /** `restored` is called once when the power is back. */
  constructor(restored: () => void) {
    this.#restored = restored;
  }

  get failed(): boolean {
    return this.#until !== undefined;
  }

  /** The power goes, and is back at `until`; a failure that is under way is prolonged. */
  fail(until: Millis): void {
    this.#until = Math.max(until, this.#until ?? until);
  }

  wakeAt(): Millis | undefined {
    return this.#until;
  }

  tick(now: Millis): void {
    if (this.#until === undefined || now < this.#until) return;
    this.#until = undefined;
    this.#restored();
  }
}
