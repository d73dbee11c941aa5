/** What MEP clients sent for scheduled and on-demand reads, for ET16 and ET45 (MEP guide 1.1, pp. 98-101 and 126-127). */
import type { Millis } from "@meterport/protocol/ports";

export interface MepRead {
  /** Place of the client in ET16. */
  readonly slot: number;
  readonly handle: number;
  /** When it came, by the meter's clock. */
  readonly time: Millis;
  /** Successful reads of this client until it. */
  readonly readCount: number;
  readonly data: Uint8Array;
}

/** More than any meter's log has entries. */
const most = 256;

export class MepReads {
  readonly #latest = new Map<number, MepRead>();
  readonly #log: MepRead[] = [];
  #logged = 0;

  /** What ET16 shows for a slot; undefined before the first read. */
  latest(slot: number): MepRead | undefined {
    return this.#latest.get(slot);
  }

  /** Reads in ET45, oldest first, as far back as is remembered. */
  get log(): readonly MepRead[] {
    return this.#log;
  }

  /** How many reads ever went into ET45. */
  get logged(): number {
    return this.#logged;
  }

  /** Puts a read where ET16 shows it. */
  show(read: MepRead): void {
    this.#latest.set(read.slot, read);
  }

  /** Appends a read to ET45. */
  append(read: MepRead): void {
    this.#log.push(read);
    this.#logged++;
    if (this.#log.length > most) this.#log.shift();
  }
}
