/** What the meter has read from M-Bus devices and MEP clients, for ET16 and ET45 (MEP guide 1.1, pp. 98-101 and 126-127). */
import type { Millis } from "@meterport/protocol/ports";
import { type Telegram, telegramLength } from "../children/telegram.ts";

export interface DeviceRead {
  /** Place of the device in ET16. */
  readonly slot: number;
  readonly handle: number;
  /** When it came, by the meter's clock. */
  readonly time: Millis;
  readonly response:
    | { readonly telegram: Telegram }
    /** What a MEP client sent; `readCount` counts its successful reads until this one. */
    | { readonly readCount: number; readonly data: Uint8Array };
}

/** Time and flags, the count of reads and the length, in front of what a MEP client sent (p. 101). */
export const mepHeader: number = 7 + 2 + 2;
/** Time, flags and the length, in front of a telegram (p. 99). */
const telegramHeader: number = 7 + 1;

/** What ET14 calls the length of a read in ET16 (p. 92). */
export const readLength = ({ response }: DeviceRead): number =>
  "telegram" in response ? telegramHeader + telegramLength(response.telegram) : mepHeader + response.data.length;

/** More than any meter's log has entries. */
const most = 256;

export class DeviceReads {
  readonly #latest = new Map<number, DeviceRead>();
  readonly #log: DeviceRead[] = [];
  #logged = 0;

  /** What ET16 shows for a slot; undefined before the first read. */
  latest(slot: number): DeviceRead | undefined {
    return this.#latest.get(slot);
  }

  /** Reads in ET45, oldest first, as far back as is remembered. */
  get log(): readonly DeviceRead[] {
    return this.#log;
  }

  /** How many reads ever went into ET45. */
  get logged(): number {
    return this.#logged;
  }

  /** Puts a read where ET16 shows it. */
  show(read: DeviceRead): void {
    this.#latest.set(read.slot, read);
  }

  /** Appends a read to ET45. */
  append(read: DeviceRead): void {
    this.#log.push(read);
    this.#logged++;
    if (this.#log.length > most) this.#log.shift();
  }
}
