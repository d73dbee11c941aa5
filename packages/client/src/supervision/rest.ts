import type { Clock, Millis } from "@meterport/protocol/ports";

/**
 * A pause that may be ended by whoever has news. News that comes while nobody rests ends the next one without a set length, and no
 * other: whoever sets a length knows of it, and a pipe that ends at once each time must not be opened without a pause.
 */
export class Rest {
  readonly #clock: Clock;
  #ended = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rests for so long, or until `end` where undefined. */
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
