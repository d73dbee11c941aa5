/** ET16 and ET45, which show what the meter has read from its devices (MEP guide 1.1, pp. 98-101 and 125-127). */
import { encode, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET16, ET45 } from "@meterport/protocol/tables/index";
import { type Telegram, telegramLength } from "../children/telegram.ts";
import { zeroValue } from "../contents/filled.ts";
import type { LiveTable } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import { type DeviceRead, type DeviceReads, mepHeader, readLength } from "./device-reads.ts";
import { localMillis } from "./local-time.ts";

/** Handle, execution status and result stand in front of a read in ET45, and count as part of its length. */
const logHeader = 4;
const success = 4;
const telegramRoom = 20;

/** Reads at fixed times that go back beyond all memory, and so are computed. */
export interface EndlessReads {
  /** How many there were until a time. */
  readonly count: (time: Millis) => number;
  /** The read of that number, counted from 0. */
  readonly read: (number: number) => DeviceRead;
}

type Entry = ET16["devices"][number];

const variableOf = (telegram: Telegram, room: number) => {
  const { status, records, ...header } = telegram;
  const dataRecords = new Uint8Array(room - telegramRoom);
  dataRecords.set(records);
  return {
    ...header,
    length: telegramLength(telegram),
    applicationError: status & 3,
    powerLow: (status & 4) !== 0,
    permanentError: (status & 8) !== 0,
    temporaryError: (status & 16) !== 0,
    manufacturerStatus: status >> 5,
    signature: 0,
    dataRecords,
  };
};

export class ReadTables {
  readonly #setup: Setup;
  readonly #reads: DeviceReads;
  readonly #endless: EndlessReads | undefined;

  constructor(setup: Setup, reads: DeviceReads, endless: EndlessReads | undefined) {
    this.#setup = setup;
    this.#reads = reads;
    this.#endless = endless;
  }

  tables(kept: (step: Millis, make: LiveTable) => LiveTable): readonly (readonly [number, LiveTable])[] {
    const minute = 60_000;
    return [
      [ET16.number, kept(minute, (time) => this.#latest(time))],
      [ET45.number, kept(minute, (time) => this.#log(time))],
    ];
  }

  /** The newest read of the device in a slot. */
  latest(slot: number, time: Millis): DeviceRead | undefined {
    const shown = this.#reads.latest(slot);
    const count = this.#endless?.count(time) ?? 0;
    const endless = count > 0 ? this.#endless?.read(count - 1) : undefined;
    if (endless?.slot !== slot) return shown;
    return shown !== undefined && shown.time > endless.time ? shown : endless;
  }

  #latest(time: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const devices = zeroValue(ET16, dimensions).devices.map((none, slot) => {
      const read = this.latest(slot, time);
      return read === undefined ? none : this.#entry(none, read);
    });
    return encode(ET16, { devices }, dimensions);
  }

  #entry(none: Entry, { time, response }: DeviceRead): Entry {
    const room = this.#setup.dimensions.ET11.dataEntrySize;
    const readTime = utcFields(localMillis(time, denmark));
    if ("telegram" in response)
      return { ...none, readTime, response: { variable: variableOf(response.telegram, room) } };
    const data = new Uint8Array(room - mepHeader);
    data.set(response.data.subarray(0, data.length));
    const length = Math.min(response.data.length, data.length);
    return { ...none, readTime, response: { mep: { readCount: response.readCount, length, data } } };
  }

  /** Reads of the log from the newest back: those that are computed and those that are remembered, by their times. */
  *#newestFirst(time: Millis): Generator<DeviceRead> {
    let computed = this.#endless?.count(time) ?? 0;
    let remembered = this.#reads.log.length;
    for (;;) {
      const own = this.#reads.log[remembered - 1];
      const other = computed > 0 ? this.#endless?.read(computed - 1) : undefined;
      if (own !== undefined && (other === undefined || own.time >= other.time)) {
        remembered--;
        yield own;
      } else if (other !== undefined) {
        computed--;
        yield other;
      } else return;
    }
  }

  #log(time: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(ET45, dimensions);
    const { length } = zero.entries;
    const [none] = zero.entries;
    const count = (this.#endless?.count(time) ?? 0) + this.#reads.logged;
    if (none === undefined || count === 0) return encode(ET45, { ...zero, listType: none !== undefined }, dimensions);
    const entries = [...zero.entries];
    let number = count - 1;
    for (const read of this.#newestFirst(time)) {
      if (number < 0 || number <= count - 1 - length) break;
      entries[number % length] = {
        ...none,
        ...this.#entry(none, read),
        length: logHeader + readLength(read),
        handle: read.handle,
        executionStatus: 0,
        result: success,
      };
      number--;
    }
    const value = {
      ...zero,
      overflow: count > length,
      listType: true,
      validEntries: Math.min(count, length),
      lastEntryElement: (count - 1) % length,
      lastEntrySequenceNumber: (count - 1) & 0xffff,
      entries,
    };
    return encode(ET45, value, dimensions);
  }
}
