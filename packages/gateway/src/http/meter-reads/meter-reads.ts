/** What is read from meters on request: each thing at most once a minute, and few things of one meter at a time. */
import type { Meter } from "@meterport/client";
import { type Rested, RestedReader } from "@meterport/engine/points/rested-reader";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import type { Point } from "../give.ts";

const goodFor: Millis = 60_000;
const restAfterFailure: Millis = 5_000;
const longestRead: Millis = 60_000;
/** Values that are kept for all points together: tables of at most some kilobytes each. */
const mostKept = 256;
/** Different things that may wait for one meter. */
const mostAtOnce = 4;

export interface MeterRead<T> {
  /** Which value it is: "quality", "BT23". */
  readonly name: string;
  /** What is done, for errors: "read the power quality". */
  readonly label: string;
  readonly run: (meter: Meter, signal: Signal) => Promise<T>;
}

export class MeterReads {
  readonly #clock: Clock;
  readonly #readers = new Map<string, { readonly ask: Point["ask"]; readonly reader: RestedReader<unknown> }>();
  readonly #busy = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Undefined if too much waits for this meter already.
   *
   * @throws MeterportError if the meter does not give it
   */
  async read<T>(point: Point, { name, label, run }: MeterRead<T>): Promise<Rested<T> | undefined> {
    const { id } = point;
    const waiting = this.#busy.get(id) ?? 0;
    if (waiting >= mostAtOnce) return undefined;
    this.#busy.set(id, waiting + 1);
    try {
      const reader = this.#reader(`${id} ${name}`, point.ask, () => point.ask({ label, limit: longestRead, run }));
      return (await reader.read()) as Rested<T>;
    } finally {
      const left = (this.#busy.get(id) ?? 1) - 1;
      if (left === 0) this.#busy.delete(id);
      else this.#busy.set(id, left);
    }
  }

  #reader(key: string, ask: Point["ask"], read: () => Promise<unknown>): RestedReader<unknown> {
    const known = this.#readers.get(key);
    // A point whose configuration changed has another meter behind it.
    if (known?.ask === ask) return known.reader;
    if (this.#readers.size >= mostKept) {
      const oldest = [...this.#readers].find(([, each]) => each.reader.idle);
      if (oldest !== undefined) this.#readers.delete(oldest[0]);
    }
    const reader = new RestedReader({ clock: this.#clock, read, goodFor, restAfterFailure });
    this.#readers.set(key, { ask, reader });
    return reader;
  }
}
