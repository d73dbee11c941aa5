/** The code on the console with which the first user makes themself known. */
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import { sameText } from "./token.ts";

const digits = 8;
const validFor: Millis = 600_000;
const mostTries = 5;

/** Every code is equally likely: numbers beyond the last whole range of 10^8 are drawn again. */
const drawCode = (entropy: Entropy): string => {
  const range = 10 ** digits;
  const limit = Math.floor(2 ** 32 / range) * range;
  // 42 of 43 numbers fit, so this many draws never all fail with a working generator.
  for (let n = 0; n < 100; n++) {
    const number = Buffer.from(entropy(4)).readUInt32BE(0);
    if (number < limit) return String(number % range).padStart(digits, "0");
  }
  throw new Error("the random generator repeats itself");
};

export class Pairing {
  readonly #clock: Pick<Clock, "now">;
  readonly #until: Millis;
  #code: string | undefined;
  #tries = 0;

  constructor(clock: Pick<Clock, "now">, entropy: Entropy) {
    this.#clock = clock;
    this.#until = clock.now() + validFor;
    this.#code = drawCode(entropy);
  }

  /** The code for the console, in two groups; undefined once pairing is over. */
  get shown(): string | undefined {
    return this.isOpen ? this.#code?.replace(/(?=.{4}$)/, " ") : undefined;
  }

  get isOpen(): boolean {
    return this.#code !== undefined && this.#clock.now() < this.#until && this.#tries < mostTries;
  }

  /** Counts a try, and says whether it is the code. */
  fits(text: string): boolean {
    if (!this.isOpen || this.#code === undefined) return false;
    this.#tries++;
    return sameText(text.replace(/[\s-]/g, ""), this.#code);
  }

  end(): void {
    this.#code = undefined;
  }
}
