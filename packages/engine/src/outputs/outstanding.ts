/** What a consumer was given and has not acknowledged yet, over several batches. */
export class Outstanding {
  /** Ascending. */
  readonly #numbers: number[] = [];
  #acknowledged: number;
  #given: number;

  /** @param cursor number of the last change before those that follow */
  constructor(cursor: number) {
    this.#acknowledged = cursor;
    this.#given = cursor;
  }

  get size(): number {
    return this.#numbers.length;
  }

  /** Where somebody goes on who knows nothing of what is outstanding. */
  get cursor(): number {
    return this.size === 0 ? Math.max(this.#acknowledged, this.#given) : this.#acknowledged;
  }

  /** The first and the last one; undefined if nothing is outstanding. */
  get range(): readonly [first: number, last: number] | undefined {
    const [first, last] = [this.#numbers[0], this.#numbers.at(-1)];
    return first === undefined || last === undefined ? undefined : [first, last];
  }

  /** Changes that are being given; higher numbers than all before. */
  add(numbers: readonly number[]): void {
    this.#acknowledged = this.cursor;
    for (const number of numbers) this.#numbers.push(number);
  }

  /** Everything up to `end` was given, or is not for this consumer. */
  gave(end: number): void {
    this.#given = end;
  }

  /** The consumer has all up to this one. Returns how many of them are news. */
  acknowledge(number: number): number {
    const next = this.#numbers.findIndex((other) => other > number);
    const taken = this.#numbers.splice(0, next === -1 ? this.size : next);
    this.#acknowledged = taken.at(-1) ?? this.#acknowledged;
    return taken.length;
  }
}
