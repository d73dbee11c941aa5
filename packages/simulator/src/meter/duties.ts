/** What a meter does by itself, whichever of its ports is served. */
import type { Millis } from "@meterport/protocol/ports";
import type { Duty } from "../meter-port.ts";

export class Duties implements Duty {
  readonly #duties = new Set<Duty>();
  readonly #before: (now: Millis) => void;
  #busy = false;
  #ticked: Millis = Number.NEGATIVE_INFINITY;

  /** `before` is called with each `now`, before anything that is due then. */
  constructor(before: (now: Millis) => void) {
    this.#before = before;
  }

  add(duty: Duty): () => void {
    this.#duties.add(duty);
    return () => this.#duties.delete(duty);
  }

  wakeAt(): Millis | undefined {
    let due: Millis | undefined;
    for (const duty of this.#duties) {
      const at = duty.wakeAt();
      if (at !== undefined && (due === undefined || at < due)) due = at;
    }
    // What was not done at its time, by a rounding of the clock, must not be asked for at the same time for ever.
    return due !== undefined && due <= this.#ticked ? this.#ticked + 1 : due;
  }

  tick(now: Millis): void {
    // What a duty does may wake a line, which asks again.
    if (this.#busy) return;
    this.#busy = true;
    this.#ticked = Math.max(this.#ticked, now);
    try {
      this.#before(now);
      for (const duty of [...this.#duties]) duty.tick(now);
    } finally {
      this.#busy = false;
    }
  }
}
