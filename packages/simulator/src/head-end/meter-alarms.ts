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
const deviceAlarmsAt = 23;

/** What is latched of a device: the alarms of the meter, whose upper byte is reserved, and those of the device itself. */
export interface Latched {
  readonly slot: number;
  readonly alarms: number;
  readonly deviceAlarms: number;
}

export class MeterAlarms {
  readonly #meter: VirtualMeter;
  readonly #seen = new Map<number, Latched>();

  constructor(meter: VirtualMeter) {
    this.#meter = meter;
  }

  /** A device came or went. */
  changed(): void {
    this.#raise(installedOrRemoved);
  }

  /** Raises the alarm for each bit that was latched in ET14 since it was asked last. Slots with new alarms of either kind. */
  check(): readonly Latched[] {
    const fresh: Latched[] = [];
    for (let slot = 0; slot < this.#meter.mep.devices.count; slot++) {
      const [alarms, deviceAlarms] = [this.#byte(slot, latchedAt), this.#byte(slot, deviceAlarmsAt)];
      const before = this.#seen.get(slot) ?? { slot, alarms: 0, deviceAlarms: 0 };
      if ((alarms & ~before.alarms) !== 0) this.#raise(deviceAlarm);
      this.#seen.set(slot, { slot, alarms, deviceAlarms });
      if ((alarms & ~before.alarms) !== 0 || (deviceAlarms & ~before.deviceAlarms) !== 0)
        fresh.push({ slot, alarms, deviceAlarms });
    }
    return fresh;
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

  #byte(slot: number, offset: number): number {
    return this.#meter.memory.read(ET14.number, this.#at(slot, offset), 1)?.[0] ?? 0;
  }

  #at(slot: number, offset: number): number {
    return entriesAt + slot * this.#meter.dimensions.ET11.statusEntrySize + offset;
  }

  #raise(bit: number): void {
    const { memory } = this.#meter;
    memory.patch(BT03.number, alarmsAt, Uint8Array.of((memory.read(BT03.number, alarmsAt, 1)?.[0] ?? 0) | bit));
  }
}
