/** A map from source ID to value that is used again and again: a source ID is one byte. */
import type { SourceValues } from "@meterport/protocol/meaning/readings";

/** Takes one reading after the other; what is not an ID has no value. */
export class SourceScratch implements SourceValues {
  readonly #values = new Float64Array(256);
  /** In which round a value was set, so that no round needs to clear them all. */
  readonly #rounds = new Uint32Array(256);
  #round = 1;

  /** Begins another reading. */
  clear(): void {
    this.#round++;
    if (this.#round < 2 ** 32) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  set(id: number, value: number): void {
    this.#values[id] = value;
    this.#rounds[id] = this.#round;
  }

  has(id: number): boolean {
    return this.#rounds[id] === this.#round;
  }

  get(id: number): number | undefined {
    return this.has(id) ? this.#values[id] : undefined;
  }
}
