/** The speeds at which a silent meter may be listening. */

/**
 * The rates that ET13 can set (MEP guide 1.1, pp. 87-88), the likeliest first. Without 300 to 1200: they are too slow for
 * live values, and trying them would take seconds from likelier ones.
 */
export const meterRates = [9600, 19_200, 2400, 38_400, 57_600, 115_200, 4800, 14_400, 28_800] as const;

/**
 * Rates to try one after the other: every second one is the one that worked last, since silence has other causes.
 *
 * @example
 * const search = new BaudSearch(2400);
 * [search.next(), search.next(), search.next(), search.next()] // [9600, 2400, 19200, 2400]
 */
export class BaudSearch {
  #home: number;
  #others: readonly number[];
  #tried = 0;

  /** `home` is the rate at which the meter is expected. */
  constructor(home: number) {
    this.#home = home;
    this.#others = othersThan(home);
  }

  get home(): number {
    return this.#home;
  }

  next(): number {
    const n = this.#tried++;
    return n % 2 === 1 ? this.#home : (this.#others[(n / 2) % this.#others.length] as number);
  }

  /** The meter answers at `rate`: it is expected there from now on. */
  found(rate: number): void {
    if (rate !== this.#home) this.#others = othersThan(rate);
    this.#home = rate;
    this.#tried = 0;
  }
}

const othersThan = (home: number): readonly number[] => meterRates.filter((rate) => rate !== home);
