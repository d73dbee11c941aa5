/** The alert flags of MEP clients in ET13, and the alerts on their lines as long as one is set (MEP guide 1.1, pp. 17, 27, 82-83). */
import { decode } from "@meterport/protocol/layout/index";
import { ET51 } from "@meterport/protocol/tables/index";
import { type AlertFlag, alertFlag, firstMepSlot } from "../meter/device-entries.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

const clientPorts = [1, 2] as const;
/** Bits of ET50's flags by which a client wants to hear of it (p. 131). */
const wanted = { mbusChange: 0x04, deltaData: 0x08 } as const;

export class AlertFlags {
  readonly #meter: VirtualMeter;
  /** Without that of on-demand requests, which follows from the queue. */
  readonly #set = new Map<number, number>();

  constructor(meter: VirtualMeter) {
    this.#meter = meter;
  }

  /** Ports of the meter with their slots. */
  get ports(): readonly { readonly port: 1 | 2; readonly slot: number }[] {
    return clientPorts
      .filter((port) => port <= this.#meter.portCount)
      .map((port) => ({ port, slot: firstMepSlot + port - 1 }));
  }

  isSet(slot: number, flag: Exclude<AlertFlag, "onDemand">): boolean {
    return ((this.#set.get(slot) ?? 0) & alertFlag[flag]) !== 0;
  }

  raise(slot: number, flag: Exclude<AlertFlag, "onDemand">): void {
    this.#set.set(slot, (this.#set.get(slot) ?? 0) | alertFlag[flag]);
  }

  /** Whether a client has asked for it in ET50. */
  isWanted(flag: keyof typeof wanted): boolean {
    return this.#wanting(flag).length > 0;
  }

  /** Raises a flag for each client that has asked for it in ET50. Slots where it was not set before. */
  raiseWanted(flag: keyof typeof wanted): readonly number[] {
    const slots = this.#wanting(flag).filter((slot) => !this.isSet(slot, flag));
    for (const slot of slots) this.raise(slot, flag);
    return slots;
  }

  #wanting(flag: keyof typeof wanted): readonly number[] {
    const { mep } = this.#meter;
    return this.ports
      .map(({ slot }) => slot)
      .filter((slot) => mep.isRegistered(slot) && (mep.clientFlags(slot) & wanted[flag]) !== 0);
  }

  clear(slot: number, flag: Exclude<AlertFlag, "onDemand">): void {
    this.#set.set(slot, (this.#set.get(slot) ?? 0) & ~alertFlag[flag]);
  }

  /** The client is another one now. */
  forget(slot: number): void {
    this.#set.delete(slot);
  }

  /** Shows the flags in ET13, whatever was written there, and alerts or stops to. */
  apply(): void {
    const { mep } = this.#meter;
    const oldest = mep.queue.oldest?.request.handle;
    for (const { port, slot } of this.ports) {
      const handle = mep.devices.handle(slot);
      const onDemand = handle !== 0 && oldest === handle ? alertFlag.onDemand : 0;
      const flags = (this.#set.get(slot) ?? 0) | onDemand;
      mep.devices.setFlags(slot, flags);
      const on = flags !== 0 && handle !== 0 && mep.isRegistered(slot) && !this.#disabled(slot);
      this.#meter.port(port).alert(on);
    }
  }

  /** Whether the meter is to do nothing for its client (p. 134). */
  #disabled(slot: number): boolean {
    const { memory, dimensions } = this.#meter;
    const { clients } = decode(ET51, memory.get(ET51.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
    return clients[slot - firstMepSlot]?.disableMep === true;
  }
}
