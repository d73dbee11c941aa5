/** A gas meter on the M-Bus, slot 0: what it has counted, and ET14, ET16 and ET45, which hold what was read from it. */
import { encode, type LtimeDate, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { type Dimensions, ET14, ET16, ET45 } from "@meterport/protocol/tables/index";
import { zeroValue } from "../contents/filled.ts";
import type { LiveTable } from "../contents/memory.ts";
import { digitsOf, type Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay } from "./calendar-days.ts";
import { localMillis } from "./local-time.ts";
import type { MepRead, MepReads } from "./mep-reads.ts";

const day = 86_400_000;
const year = 365.25;
/** Handle in ET14. */
const handle = 1;
const mbusUp = 1;
const baud2400 = 4;
/** "ELS", three letters of five bits. */
const manufacturer = 0x1593;
const gas = 3;
/** Eight digits of litres, not temperature-corrected: what ET57 calls data type 1. */
const header = [0x0c, 0x93, 0x3a];
/** From the serial number to the zero after the record, which has seven bytes. */
const telegramLength = 12 + 7 + 1;
/** Time and flags, the length byte, the telegram. */
export const billingReadLength: number = 8 + telegramLength;
const success = 4;
/** Time and flags, the count of reads and the length, in front of what a MEP client sent. */
export const mepHeader: number = 7 + 2 + 2;
const firstRead = Math.floor(Date.UTC(2000, 0, 1) / day);

type Read = ET16["devices"][number];

export class GasMeter {
  readonly #setup: Setup;
  readonly #base: number;

  readonly #reads: MepReads;

  constructor(setup: Setup, reads: MepReads) {
    this.#setup = setup;
    this.#reads = reads;
    this.#base = Math.floor(setup.noise.between(0, 1_000_000, 9_000_000, 40));
  }

  /** Litres counted until a moment: more in winter and by day, never falling. */
  litresAt(time: Millis): number {
    const days = time / day - 10_957;
    const turn = 2 * Math.PI;
    const seasonal = 2500 * (year / turn) * Math.sin((turn * (days - 20)) / year);
    const daily = (800 / turn) * Math.sin(turn * (days - 0.6));
    return Math.floor(this.#base + 3500 * days + seasonal + daily) % 100_000_000;
  }

  /** The four bytes that stand in the M-Bus telegram and in the load profile: packed digits, lowest pair first. */
  bytesAt(time: Millis): readonly number[] {
    const digits = String(this.litresAt(time)).padStart(8, "0");
    return [6, 4, 2, 0].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  }

  tables(kept: (step: Millis, make: LiveTable) => LiveTable): readonly (readonly [number, LiveTable])[] {
    const minute = 60_000;
    return [
      [ET16.number, kept(minute, (time) => this.#latest(time))],
      [ET45.number, kept(minute, (time) => this.#log(time))],
    ];
  }

  /** ET14 as it is when the meter is switched on. */
  status(start: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(ET14, dimensions);
    const read = this.#localTime(beginOf(localDay(start)));
    const reads = localDay(start) - firstRead;
    const devices = zero.devices.map((none, slot) =>
      slot > 0
        ? none
        : {
            ...none,
            deviceHandle: handle,
            deviceStatus: mbusUp,
            baudRate: baud2400,
            billingReadLength,
            readAttempts: reads,
            readAnswers: reads,
            statusRead: read,
            lastReadAttempt: read,
          },
    );
    return encode(ET14, { ...zero, device1Occupied: true, devices }, dimensions);
  }

  #localTime(time: Millis): LtimeDate {
    return utcFields(localMillis(time, denmark));
  }

  /** What was read from it at a time; `room` is what the entry gives to the billing read. */
  #read(none: Read, time: Millis, room: number): Read {
    const dataRecords = new Uint8Array(room - 20);
    dataRecords.set([...header, ...this.bytesAt(time)]);
    const serialNumber = digitsOf(this.#setup, 8, 41);
    return {
      ...none,
      readTime: this.#localTime(time),
      response: {
        variable: {
          length: telegramLength,
          serialNumber,
          manufacturerId: manufacturer,
          version: 1,
          medium: gas,
          accessNumber: localDay(time) & 0xff,
          applicationError: 0,
          powerLow: false,
          permanentError: false,
          temporaryError: false,
          manufacturerStatus: 0,
          signature: 0,
          dataRecords,
        },
      },
    };
  }

  #latest(time: Millis): Uint8Array {
    const dimensions: Dimensions = this.#setup.dimensions;
    const devices = zeroValue(ET16, dimensions).devices.map((none, slot) => {
      const sent = this.#reads.latest(slot);
      if (slot === 0) return this.#read(none, beginOf(localDay(time)), dimensions.ET11.dataEntrySize);
      return sent === undefined ? none : this.#sent(none, sent, dimensions.ET11.dataEntrySize);
    });
    return encode(ET16, { devices }, dimensions);
  }

  /** What a MEP client sent; `room` is what the entry gives to it. */
  #sent(none: Read, { time, readCount, data }: MepRead, room: number): Read {
    const kept = new Uint8Array(room - mepHeader);
    kept.set(data.subarray(0, kept.length));
    const length = Math.min(data.length, kept.length);
    return { ...none, readTime: this.#localTime(time), response: { mep: { readCount, length, data: kept } } };
  }

  /** Reads of the log from the newest back, with their places in its sequence: those of this meter and of MEP clients. */
  *#newestFirst(time: Millis): Generator<{ readonly number: number; readonly read: MepRead | Millis }> {
    let day = localDay(time);
    let sent = this.#reads.log.length;
    let number = day - firstRead + this.#reads.logged;
    for (;;) {
      const read = this.#reads.log[sent - 1];
      const own = beginOf(day);
      if (read !== undefined && read.time >= own) {
        sent--;
        yield { number, read };
      } else {
        day--;
        yield { number, read: own };
      }
      number--;
    }
  }

  #log(time: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(ET45, dimensions);
    const { length } = zero.entries;
    const [none] = zero.entries;
    if (none === undefined) return encode(ET45, zero, dimensions);
    const newest = localDay(time) - firstRead + this.#reads.logged;
    const entries = [...zero.entries];
    for (const { number, read } of this.#newestFirst(time)) {
      if (number <= newest - length) break;
      entries[number % length] = { ...none, ...this.#entry(none, read), executionStatus: 0, result: success };
    }
    const value = {
      ...zero,
      overflow: true,
      listType: true,
      validEntries: length,
      lastEntryElement: newest % length,
      lastEntrySequenceNumber: newest & 0xffff,
      entries,
    };
    return encode(ET45, value, dimensions);
  }

  #entry(none: ET45["entries"][number], read: MepRead | Millis): Partial<ET45["entries"][number]> {
    const room = this.#setup.dimensions.ET11.dataEntrySize;
    if (typeof read === "number") return { ...this.#read(none, read, room), length: 4 + billingReadLength, handle };
    const { handle: sender, data } = read;
    return { ...this.#sent(none, read, room), length: 4 + mepHeader + data.length, handle: sender };
  }
}
