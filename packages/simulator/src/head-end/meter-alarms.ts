/** What the meter's own alarms in BT03 say of its M-Bus devices and MEP clients (MEP guide 1.1, p. 93; Optical guide 1.1, p. 49). */
import { BT03, ET14 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

/** Byte 6 of BT03. */
const alarmsAt = 6;
const installedOrRemoved = 0x01;
const deviceAlarm = 0x02;
/** In ET14: where the entries begin, and the alarms in an entry. */
const entriesAt = 6;
const latchedAt = 14;
/** The lower byte of the latched alarms; the upper one is reserved. */
const latchedBytes = 1;
const deviceAlarmsAt = 23;

export class MeterAlarms {
  readonly #meter: VirtualMeter;
  readonly #seen = new Map<number, number>();

  constructor(meter: VirtualMeter) {
    this.#meter = meter;
  }

  /** A device came or went. */
  changed(): void {
    this.#raise(installedOrRemoved);
  }

  /** Raises the alarm for each bit that was latched in ET14 since it was asked last. */
  check(): void {
    const { devices } = this.#meter.mep;
    for (let slot = 0; slot < devices.count; slot++) {
      const now = this.#meter.memory.read(ET14.number, this.#at(slot, latchedAt), latchedBytes)?.[0] ?? 0;
      if ((now & ~(this.#seen.get(slot) ?? 0)) !== 0) this.#raise(deviceAlarm);
      this.#seen.set(slot, now);
    }
  }

  /** Clears what is latched of a device, as EP18 does, and the meter's alarms with it. */
  clear(slot: number): void {
    const { memory } = this.#meter;
    memory.patch(ET14.number, this.#at(slot, latchedAt), new Uint8Array(2));
    memory.patch(ET14.number, this.#at(slot, deviceAlarmsAt), new Uint8Array(1));
    const alarms = memory.read(BT03.number, alarmsAt, 1)?.[0] ?? 0;
    memory.patch(BT03.number, alarmsAt, Uint8Array.of(alarms & ~(installedOrRemoved | deviceAlarm)));
    this.check();
  }

  #at(slot: number, offset: number): number {
    return entriesAt + slot * this.#meter.dimensions.ET11.statusEntrySize + offset;
  }

  #raise(bit: number): void {
    const { memory } = this.#meter;
    memory.patch(BT03.number, alarmsAt, Uint8Array.of((memory.read(BT03.number, alarmsAt, 1)?.[0] ?? 0) | bit));
  }
}
