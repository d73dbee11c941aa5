import type { Clock, Millis } from "@meterport/protocol/ports";

/**
 * A pause that an event may end. An event outside a pause ends the next pause without a set length, and no other: a caller
 * that sets a length knows of the event, and a pipe that ends at once each time must not be opened without a pause.
 */
export class Rest {
  readonly #clock: Clock;
  #ended = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rests for `time`, or until `end` if undefined. */
  async for(time: Millis | undefined): Promise<void> {
    if (time !== 0 && (time !== undefined || !this.#ended))
      await new Promise<void>((resolve) => {
        const cancel = time === undefined ? () => {} : this.#clock.at(this.#clock.now() + time, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    this.#ended = false;
    this.#wake = () => {};
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }
}
