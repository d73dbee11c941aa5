/** What a meter keeps for its M-Bus devices and MEP clients: their entries, the requests to them, what they answered. */
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Millis } from "@meterport/protocol/ports";
import { type Dimensions, ET50 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";
import type { DeviceReads } from "../history/device-reads.ts";
import { deviceArgument, eventNumber, mbusAlarm, mepClient } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { DeviceEntries, firstMepSlot } from "./device-entries.ts";
import { queueResult, RequestQueue } from "./request-queue.ts";

/** A procedure as a MEP client called it. */
export interface ProcedureCall {
  /** From byte 3 of BT07 on. */
  readonly parameters: Uint8Array;
  readonly port: 1 | 2;
  readonly level: Level;
  /** Unix milliseconds of the meter's clock. */
  readonly time: Millis;
}
/** Runs a procedure and gives its result. */
export type RunProcedure = (call: ProcedureCall) => number;

const billingRead = 2;
/** In ET50: after the identification stand the client's flags, of which bit 0 is its registration, and its icons. */
const clientFlags = 30;
const registered = 0x01;

export class MepSide {
  readonly devices: DeviceEntries;
  readonly queue: RequestQueue;
  /** What was read from devices, as ET16 and ET45 show it. */
  readonly reads: DeviceReads;
  /** Procedures besides those that every virtual meter has, by number. */
  readonly procedures: Map<number, RunProcedure> = new Map();
  /** Called when an M-Bus device is asked, with its slot; for a multicast with the mask of its groups. */
  onMbus: (slots: readonly number[], type: number, data: Uint8Array | undefined, time: Millis) => void = () => {};

  readonly #memory: Memory;
  readonly #dimensions: Dimensions;

  constructor(memory: Memory, dimensions: Dimensions, reads: DeviceReads, note: (event: Noted) => void) {
    this.#memory = memory;
    this.#dimensions = dimensions;
    this.reads = reads;
    this.devices = new DeviceEntries(memory, dimensions);
    this.queue = new RequestQueue(memory, dimensions, this.devices, ({ handle, type, data, multicast }, time) => {
      const slot = multicast === undefined ? this.devices.slotOf(handle) : handle;
      if (type === billingRead && slot !== undefined) {
        const argument = deviceArgument(slot, mbusAlarm.billingReadDone);
        note({ time, event: eventNumber.mbusAlarm, argument, userId: mepClient });
      }
      this.onMbus(slot === undefined ? [] : [slot], type, data ?? multicast, time);
      return queueResult.success;
    });
  }

  /** The flags that a client of a slot has set in ET50. */
  clientFlags(slot: number): number {
    return this.#memory.read(ET50.number, this.#clientAt(slot) + clientFlags, 1)?.[0] ?? 0;
  }

  /** Whether the client of a slot has announced itself. */
  isRegistered(slot: number): boolean {
    return (this.clientFlags(slot) & registered) !== 0;
  }

  /**
   * A device is taken out: its entry in ET14 is cleared, a client's registration and icons in ET50 go and everything else
   * there stays (MEP guide 1.1, p. 249), and what was asked of it ends (p. 42).
   */
  remove(slot: number, time: Millis): void {
    const handle = this.devices.handle(slot);
    this.devices.clear(slot);
    if (slot >= firstMepSlot) {
      const start = this.#clientAt(slot);
      const flags = this.clientFlags(slot) & ~registered;
      this.#memory.patch(ET50.number, start + clientFlags, Uint8Array.of(flags));
      this.#memory.patch(ET50.number, start + 31 + 6 * this.#dimensions.ET11.mepDataSources, new Uint8Array(2));
    }
    this.queue.drop(handle, time);
  }

  #clientAt(slot: number): number {
    return (slot - firstMepSlot) * (35 + 6 * this.#dimensions.ET11.mepDataSources);
  }
}
