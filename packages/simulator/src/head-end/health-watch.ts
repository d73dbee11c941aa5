/** Whether the meter hears from its MEP clients (ET51; MEP guide 1.1, pp. 26 and 134-135). */
import { decode } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET51 } from "@meterport/protocol/tables/index";
import { deviceState, firstMepSlot } from "../meter/device-entries.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

export class HealthWatch {
  readonly #meter: VirtualMeter;
  readonly #heard = new Map<number, Millis>();
  #due: Millis | undefined;
  /** The memory's version for which `#due` was found; undefined where it has to be found again. */
  #dueOf: number | undefined;

  constructor(meter: VirtualMeter) {
    this.#meter = meter;
  }

  /** A request of the client on a port has passed its security. Whether that brings it up again. */
  hear(port: 1 | 2, time: Millis): boolean {
    this.#heard.set(port, time);
    this.#dueOf = undefined;
    const { devices } = this.#meter.mep;
    const slot = firstMepSlot + port - 1;
    if (devices.status(slot)?.deviceStatus !== deviceState.mepDown) return false;
    devices.update(slot, { deviceStatus: deviceState.mepUp });
    return true;
  }

  /** When the first client that is up will have been silent for too long, by the meter's clock. */
  dueAt(): Millis | undefined {
    const { version } = this.#meter.memory;
    if (this.#dueOf !== version) {
      const due = this.#watched().map(({ until }) => until);
      this.#due = due.length === 0 ? undefined : Math.min(...due);
      this.#dueOf = version;
    }
    return this.#due;
  }

  /** Slots of clients that now count as down. */
  check(time: Millis): readonly number[] {
    const due = this.dueAt();
    if (due === undefined || time < due) return [];
    const silent = this.#watched().filter(({ until }) => time >= until);
    for (const { slot } of silent)
      this.#meter.mep.devices.update(slot, { deviceStatus: deviceState.mepDown, failedCommsOnRead: true });
    return silent.map(({ slot }) => slot);
  }

  /** Registered clients that are up and watched, with when their time is over. */
  #watched(): readonly { readonly slot: number; readonly until: Millis }[] {
    const { memory, dimensions, mep, portCount } = this.#meter;
    const { clients } = decode(ET51, memory.get(ET51.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
    return clients.slice(0, portCount).flatMap(({ monitorMepHealth, healthTimeout }, client) => {
      const slot = firstMepSlot + client;
      const status = monitorMepHealth ? mep.devices.status(slot) : undefined;
      if (status === undefined || status.deviceHandle === 0 || status.deviceStatus !== deviceState.mepUp) return [];
      const heard = this.#heard.get(client + 1) ?? this.#meter.time;
      this.#heard.set(client + 1, heard);
      return [{ slot, until: heard + healthTimeout * 1000 }];
    });
  }
}
