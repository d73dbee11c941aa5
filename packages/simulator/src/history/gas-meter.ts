/** A gas meter on the M-Bus, slot 0: what it has counted, and what was read from it. */
import { encode, type LtimeDate, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET14 } from "@meterport/protocol/tables/index";
import type { Telegram } from "../children/telegram.ts";
import { zeroValue } from "../contents/filled.ts";
import { digitsOf, type Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay } from "./calendar-days.ts";
import type { DeviceRead } from "./device-reads.ts";
import { localMillis } from "./local-time.ts";
import type { EndlessReads } from "./read-tables.ts";

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
const firstRead = Math.floor(Date.UTC(2000, 0, 1) / day);

export class GasMeter {
  readonly #setup: Setup;
  readonly #base: number;

  constructor(setup: Setup) {
    this.#setup = setup;
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

  /** It is read each midnight, as long as anybody can remember. */
  get reads(): EndlessReads {
    return {
      count: (time) => localDay(time) - firstRead + 1,
      read: (number) => this.#read(beginOf(number + firstRead)),
    };
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

  /** What is read from it at a time. */
  telegram(time: Millis): Telegram {
    return {
      serialNumber: digitsOf(this.#setup, 8, 41),
      manufacturerId: manufacturer,
      version: 1,
      medium: gas,
      accessNumber: localDay(time) & 0xff,
      status: 0,
      records: [...header, ...this.bytesAt(time)],
    };
  }

  #read(time: Millis): DeviceRead {
    return { slot: 0, handle, time, response: { telegram: this.telegram(time) } };
  }
}
