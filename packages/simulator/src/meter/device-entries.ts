/** The entries that ET13 and ET14 keep for each M-Bus device and MEP client, by slot (MEP guide 1.1, pp. 86-95). */
import { decode, encode, type LtimeDate, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { type Dimensions, ET13, ET14 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";
import { denmark } from "../contents/zone.ts";
import { localMillis } from "../history/local-time.ts";

/** Slots below it are those of M-Bus devices; it is MEP client 1's, the next one MEP client 2's. */
export const firstMepSlot = 4;
/** Bits of the alert flags of a MEP client in ET13. */
export const alertFlag = { scheduledRead: 1, onDemand: 2, mbusChange: 8, deltaData: 16 } as const;
export type AlertFlag = keyof typeof alertFlag;
/** States of a device in ET14. */
export const deviceState = { empty: 0, mbusUp: 1, mbusDown: 2, mepUp: 3, mepDown: 4 } as const;

/** Bytes of an entry of ET13 that stand in front of the flags, and of ET14 in front of the entries. */
const flagsAt = 8;
const downlinkAt = 9;
const occupiedAt = 5;
const entriesAt = 6;

export type DeviceConfiguration = ET13["devices"][number];
export type DeviceStatus = ET14["devices"][number];

/** What the local clock of the meter shows, as its tables have it. */
export const localTime = (time: Millis): LtimeDate => utcFields(localMillis(time, denmark));

/** Reads and changes single entries, and leaves all others as they are. */
export class DeviceEntries {
  readonly #memory: Memory;
  readonly #dimensions: Dimensions;

  constructor(memory: Memory, dimensions: Dimensions) {
    this.#memory = memory;
    this.#dimensions = dimensions;
  }

  /** How many there are: four M-Bus devices, and each MEP client. */
  get count(): number {
    return this.#dimensions.ET11.deviceCount;
  }

  /** The handle of the device in a slot; 0 for an empty one. */
  handle(slot: number): number {
    const [low = 0, high = 0] = this.#memory.read(ET14.number, this.#statusAt(slot), 2) ?? [];
    return low + 256 * high;
  }

  /** The slot of a handle; undefined if no device has it. */
  slotOf(handle: number): number | undefined {
    for (let slot = 0; slot < this.count; slot++) if (handle !== 0 && this.handle(slot) === handle) return slot;
    return undefined;
  }

  /** Entry of ET13; undefined for a slot that this meter lacks. */
  configuration(slot: number): DeviceConfiguration | undefined {
    return this.#configurations().devices[slot];
  }

  /** Changes an entry of ET13. @throws LayoutError for a value that does not fit */
  configure(slot: number, change: Partial<DeviceConfiguration>): void {
    const table = this.#configurations();
    const entry = table.devices[slot];
    if (entry === undefined) return;
    Object.assign(entry, change);
    this.#memory.patch(ET13.number, 0, encode(ET13, table, this.#dimensions));
  }

  /** The bytes of the schedule in ET13: day, hour, minute, frequency. */
  schedule(slot: number): readonly [day: number, hour: number, minute: number, frequency: number] {
    const [day = 0, hour = 0, minute = 0, frequency = 0] =
      this.#memory.read(ET13.number, this.#configAt(slot), 4) ?? [];
    return [day, hour, minute, frequency];
  }

  /** The alert flags of a MEP client in ET13. */
  flags(slot: number): number {
    return this.#memory.read(ET13.number, this.#configAt(slot) + flagsAt, 1)?.[0] ?? 0;
  }

  setFlags(slot: number, flags: number): void {
    if (this.flags(slot) !== flags)
      this.#memory.patch(ET13.number, this.#configAt(slot) + flagsAt, Uint8Array.of(flags));
  }

  /** Puts non-urgent data for a MEP client into ET13; what is longer than its room is cut. */
  putDownlink(slot: number, data: Uint8Array): void {
    const room = new Uint8Array(this.#dimensions.ET11.configEntrySize - downlinkAt);
    room.set(data.subarray(0, room.length));
    this.#memory.patch(ET13.number, this.#configAt(slot) + downlinkAt, room);
  }

  /** Entry of ET14. */
  status(slot: number): DeviceStatus | undefined {
    return this.#statuses().devices[slot];
  }

  /** Changes an entry of ET14. @throws LayoutError for a value that does not fit */
  update(slot: number, change: Partial<DeviceStatus> | ((status: DeviceStatus) => Partial<DeviceStatus>)): void {
    const table = this.#statuses();
    const entry = table.devices[slot];
    if (entry === undefined) return;
    Object.assign(entry, typeof change === "function" ? change(entry) : change);
    this.#memory.patch(ET14.number, 0, encode(ET14, table, this.#dimensions));
  }

  /** Enters a device, with everything else in its entry zero. */
  enter(slot: number, change: Partial<DeviceStatus> & Pick<DeviceStatus, "deviceHandle" | "deviceStatus">): void {
    this.clear(slot);
    this.update(slot, change);
    this.#occupy(slot, true);
  }

  /** Empties the entry in ET14. */
  clear(slot: number): void {
    const size = this.#dimensions.ET11.statusEntrySize;
    this.#memory.patch(ET14.number, this.#statusAt(slot), new Uint8Array(size));
    this.#occupy(slot, false);
  }

  #occupy(slot: number, on: boolean): void {
    const occupied = this.#memory.read(ET14.number, occupiedAt, 1)?.[0] ?? 0;
    const bit = 1 << slot;
    this.#memory.patch(ET14.number, occupiedAt, Uint8Array.of(on ? occupied | bit : occupied & ~bit));
  }

  #configAt(slot: number): number {
    return slot * this.#dimensions.ET11.configEntrySize;
  }

  #statusAt(slot: number): number {
    return entriesAt + slot * this.#dimensions.ET11.statusEntrySize;
  }

  #configurations(): ET13 {
    return decode(ET13, this.#bytesOf(ET13.number), this.#dimensions, { trailing: "keep" });
  }

  #statuses(): ET14 {
    return decode(ET14, this.#bytesOf(ET14.number), this.#dimensions, { trailing: "keep" });
  }

  #bytesOf(number: number): Uint8Array {
    return this.#memory.get(number) ?? new Uint8Array(0);
  }
}
