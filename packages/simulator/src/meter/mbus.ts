/**
 * The meter's M-Bus: reads its devices by ET13 and on demand, passes on commands, finds new ones, and keeps ET14, ET16, ET45
 * and ET58 up to date (MEP guide 1.1, pp. 33-35, 40, 86-95 and 112-113).
 */
import type { Millis } from "@meterport/protocol/ports";
import { BT03, type Dimensions, ET34, ET58 } from "@meterport/protocol/tables/index";
import type { Child } from "../children/child.ts";
import { valveCommand } from "../children/records.ts";
import type { Memory } from "../contents/memory.ts";
import { type DeviceRead, readLength } from "../history/device-reads.ts";
import { deviceArgument, deviceStatus, eventNumber, mbusAlarm, nobody } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import type { History } from "../history/history.ts";
import { nextRead } from "../history/schedule.ts";
import type { Duty } from "../meter-port.ts";
import { deviceState, firstMepSlot, localTime } from "./device-entries.ts";
import type { MepSide } from "./mep-side.ts";

const baud2400 = 4;
const lastHandle = 999;
/** In ET15 and EP19. */
const request = { billingRead: 2, statusRead: 3, write: 4, multicast: 6 } as const;
/** Byte and bit of BT03 that say that the search for devices is over. */
const discoveryAt = 6;
const discoveryComplete = 0x04;
/** Bytes of ET58 for each device. */
const extensionSize = 20;
/** Offset of the groups in an entry of ET34. */
const groupsAt = 2;
/** Reads that were missed, because nobody served the meter, are made up for so far back. */
const mostMissed = 200;

export interface MbusOptions {
  readonly memory: Memory;
  readonly dimensions: Dimensions;
  readonly mep: MepSide;
  readonly history: History;
  readonly note: (event: Noted) => void;
  /** The meter's clock now. */
  readonly time: () => Millis;
  readonly nowAt: (time: Millis) => Millis | undefined;
}

interface Plan {
  readonly of: string;
  readonly due: Millis | undefined;
}

export class Mbus implements Duty {
  readonly #options: MbusOptions;
  readonly #plans = new Map<number, Plan>();
  readonly #changed = new Set<() => void>();
  /** Handles that have had their first read. */
  readonly #readOnce = new Set<number>();
  #nextHandle: number;

  constructor(options: MbusOptions) {
    this.#options = options;
    const { children } = options.history;
    this.#nextHandle = children.length + 1;
    for (const { slot } of children) this.#readOnce.add(slot + 1);
    options.mep.onMbus = (slots, type, data, time) => this.#asked(slots, type, data, time);
    this.tick();
  }

  /** The devices that can be talked to; none with the one gas meter that is only read. */
  get children(): readonly Child[] {
    return this.#options.history.children;
  }

  /** Calls `changed` when a valve has moved; the returned function ends it. */
  watch(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** Searches for devices: those that were removed come back with a new handle, and are read. Their slots. */
  discover(): readonly number[] {
    const { mep, memory, note, time } = this.#options;
    const found = this.children.filter(({ slot }) => mep.devices.handle(slot) === 0);
    const now = time();
    for (const { slot } of found) {
      const handle = ((this.#nextHandle++ - 1) % lastHandle) + 1;
      mep.devices.enter(slot, { deviceHandle: handle, deviceStatus: deviceState.mbusUp, baudRate: baud2400 });
      const argument = deviceArgument(slot, deviceStatus.commissioned);
      note({ time: now, event: eventNumber.deviceStatus, argument, userId: nobody });
      this.#read(slot, now, true);
    }
    note({ time: now, event: eventNumber.mbusDiscoveryComplete, userId: nobody });
    const alarms = memory.read(BT03.number, discoveryAt, 1)?.[0] ?? 0;
    memory.patch(BT03.number, discoveryAt, Uint8Array.of(alarms | discoveryComplete));
    return found.map(({ slot }) => slot);
  }

  /** Sets the status byte that a device sends from now on, and reads its status. */
  setStatus(slot: number, status: number): void {
    const child = this.children[slot];
    if (child === undefined) return;
    child.status = status;
    this.#options.mep.devices.update(slot, ({ readAttempts }) => ({ readAttempts: (readAttempts + 1) >>> 0 }));
    this.#readStatus(slot, this.#options.time());
  }

  /** Opens or closes a valve. Whether that changed anything. */
  turn(slot: number, valve: "open" | "closed"): boolean {
    const child = this.children[slot];
    if (child === undefined || !child.turn(valve, this.#options.time())) return false;
    this.#options.memory.patch(ET58.number, slot * extensionSize, Uint8Array.of(valve === "open" ? 1 : 0));
    for (const changed of [...this.#changed]) changed();
    return true;
  }

  wakeAt(): Millis | undefined {
    const now = this.#options.time();
    const due = this.children.flatMap(({ slot }) => this.#plan(slot, now).due ?? []);
    return due.length === 0 ? undefined : this.#options.nowAt(Math.min(...due));
  }

  tick(): void {
    const now = this.#options.time();
    for (const { slot } of this.children) this.#check(slot, now);
  }

  /** Makes the reads of a slot that are due. */
  #check(slot: number, now: Millis): void {
    let { of, due } = this.#plan(slot, now);
    const schedule = this.#options.mep.devices.schedule(slot);
    for (let missed = 0; due !== undefined && due <= now; missed++) {
      this.#read(slot, due, true);
      due = nextRead(schedule, missed < mostMissed ? due : now);
      this.#plans.set(slot, { of, due });
    }
  }

  /** When a slot is read next; planned again where its schedule or its device has changed. */
  #plan(slot: number, now: Millis): Plan {
    const { devices } = this.#options.mep;
    const schedule = devices.schedule(slot);
    const of = `${devices.handle(slot)} ${schedule}`;
    const known = this.#plans.get(slot);
    if (known?.of === of) return known;
    const plan = { of, due: devices.handle(slot) === 0 ? undefined : nextRead(schedule, now) };
    this.#plans.set(slot, plan);
    return plan;
  }

  #asked(slots: readonly number[], type: number, data: Uint8Array | undefined, time: Millis): void {
    for (const slot of this.#addressed(slots, type)) {
      if (type === request.billingRead) this.#read(slot, time, false);
      if (type === request.statusRead) this.#readStatus(slot, time);
      const command = type === request.write || type === request.multicast ? data : undefined;
      const valve = command === undefined ? undefined : valveCommand(command);
      if (valve !== undefined) this.turn(slot, valve);
    }
  }

  /** A multicast is for the devices of its groups; the handle is their mask. */
  #addressed(slots: readonly number[], type: number): readonly number[] {
    if (type !== request.multicast) return slots.filter((slot) => slot < firstMepSlot);
    const [groups = 0] = slots;
    const size = this.#options.dimensions.ET11.configEntry2Size;
    return this.children
      .map(({ slot }) => slot)
      .filter((slot) => {
        const [mask = 0] = this.#options.memory.read(ET34.number, slot * size + groupsAt, 1) ?? [];
        return groups === 0xffff || (mask & groups) !== 0;
      });
  }

  /** A billing read: scheduled ones go to ET45 and, as the oldest installations want it, to ET16; others to ET16. */
  #read(slot: number, time: Millis, scheduled: boolean): void {
    const { mep, history, note } = this.#options;
    const { devices, reads } = mep;
    const handle = devices.handle(slot);
    const telegram = history.telegram(slot, time);
    if (handle === 0 || telegram === undefined) return;
    const read: DeviceRead = { slot, handle, time, response: { telegram } };
    if (scheduled && this.#readOnce.has(handle)) reads.append(read);
    this.#readOnce.add(handle);
    reads.show(read);
    devices.update(slot, (status) => ({
      deviceStatus: deviceState.mbusUp,
      billingReadLength: readLength(read),
      readAttempts: (status.readAttempts + (scheduled ? 1 : 0)) >>> 0,
      readAnswers: (status.readAnswers + 1) >>> 0,
      billingDataCollected: status.billingDataCollected || scheduled,
      lastReadAttempt: localTime(time),
    }));
    if (scheduled) note({ time, ...readDone(slot), userId: nobody });
  }

  /** The alarms that a device has are latched; those that ET13 calls urgent are an alarm of the meter (pp. 87, 93-95). */
  #readStatus(slot: number, time: Millis): void {
    const { mep, history, note } = this.#options;
    const { devices } = mep;
    const telegram = history.telegram(slot, time);
    if (devices.handle(slot) === 0 || telegram === undefined) return;
    const urgent = devices.configuration(slot)?.deviceAlarmBitmask ?? 0;
    const fresh = telegram.status & ~(devices.status(slot)?.deviceAlarms ?? 0);
    devices.update(slot, (status) => ({
      deviceAlarms: status.deviceAlarms | telegram.status,
      newDeviceAlarm: status.newDeviceAlarm || (fresh & urgent) !== 0,
      readAnswers: (status.readAnswers + 1) >>> 0,
      statusRead: localTime(time),
    }));
    if (fresh === 0) return;
    const argument = deviceArgument(slot, mbusAlarm.newAlarm);
    note({ time, event: eventNumber.mbusAlarm, argument, userId: nobody });
  }
}

const readDone = (slot: number) => ({
  event: eventNumber.mbusAlarm,
  argument: deviceArgument(slot, mbusAlarm.billingReadDone),
});
