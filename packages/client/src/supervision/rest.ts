import type { Clock, Millis } from "@meterport/protocol/ports";

const nothing = (): void => {};

/**
 * A pause that an event may end. An event outside a pause ends the next pause without a set length, and no other: a caller
 * that sets a length knows of the event, and a pipe that ends at once each time must not be opened without a pause.
 */
export class Rest {
  readonly #clock: Clock;
  #ended = false;
  #wake: () => void = nothing;
  #cancel: () => void = nothing;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rests for `time`, or until `end` if undefined. Not an async function: thousands of links rest nearly all the time, in as little as that takes. */
  for(time: Millis | undefined): Promise<void> {
    if (time === 0 || (time === undefined && this.#ended)) {
      this.#awake();
      return Promise.resolve();
    }
    const resting = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (time !== undefined) this.#cancel = this.#clock.at(this.#clock.now() + time, this.#wake);
    return resting.then(this.#awake);
  }

  readonly #awake = (): void => {
    this.#ended = false;
    this.#wake = nothing;
    this.#cancel = nothing;
  };

  end(): void {
    this.#ended = true;
    this.#cancel();
    this.#wake();
  }
}
