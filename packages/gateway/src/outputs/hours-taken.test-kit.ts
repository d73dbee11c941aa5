/** What a consumer has of the hours that the contract stores: it takes each number once, as documentation advises. */
import { firstHour, hour } from "./output-world.test-kit.ts";

export interface TakenChange {
  readonly number: number;
  readonly point: string;
  /** Of an interval. */
  readonly end?: string | number | undefined;
}

export class HoursTaken {
  #newest = 0;
  readonly #ends: number[] = [];

  take({ number, point, end }: TakenChange): void {
    if (number <= this.#newest) return;
    this.#newest = number;
    if (point === "home" && end !== undefined) this.#ends.push(typeof end === "number" ? end : Date.parse(end));
  }

  /** -1 if one is missing, or came out of order. */
  count(): number {
    return this.#ends.every((end, n) => end === firstHour + (n + 1) * hour) ? this.#ends.length : -1;
  }
}
