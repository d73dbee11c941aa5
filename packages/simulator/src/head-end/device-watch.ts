/** Which devices are in the meter's slots: sees them come and go, no matter who did it. */
import type { Millis } from "@meterport/protocol/ports";
import { ET50 } from "@meterport/protocol/tables/index";
import { firstMepSlot } from "../meter/device-entries.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

export interface Present {
  /** Slot in ET14. */
  readonly device: number;
  readonly handle: number;
  /** What a MEP client calls itself in ET50; empty for an M-Bus device. */
  readonly identification: Uint8Array;
}

export interface DeviceWatchOptions {
  readonly came: (present: Present, time: Millis) => void;
  readonly went: (present: Present, time: Millis) => void;
}

export class DeviceWatch {
  readonly #meter: VirtualMeter;
  readonly #options: DeviceWatchOptions;
  readonly #present = new Map<number, Present>();

  constructor(meter: VirtualMeter, options: DeviceWatchOptions) {
    this.#meter = meter;
    this.#options = options;
  }

  /** The devices as they were seen last, by slot. */
  get present(): readonly Present[] {
    return [...this.#present.values()].sort((a, b) => a.device - b.device);
  }

  check(time: Millis): void {
    const { devices } = this.#meter.mep;
    for (let device = 0; device < devices.count; device++) {
      const handle = devices.handle(device);
      const before = this.#present.get(device);
      if ((before?.handle ?? 0) === handle) {
        // A device may say who it is after it has its handle, and the same handle may be for another one (ET97).
        if (before !== undefined)
          this.#present.set(device, { ...before, identification: this.#identification(device) });
        continue;
      }
      if (before !== undefined) {
        this.#present.delete(device);
        this.#options.went(before, time);
      }
      if (handle === 0) continue;
      const present = { device, handle, identification: this.#identification(device) };
      this.#present.set(device, present);
      this.#options.came(present, time);
    }
  }

  #identification(device: number): Uint8Array {
    if (device < firstMepSlot) return new Uint8Array(0);
    const { memory, dimensions } = this.#meter;
    const size = 35 + 6 * dimensions.ET11.mepDataSources;
    return memory.read(ET50.number, (device - firstMepSlot) * size, 30) ?? new Uint8Array(0);
  }
}
