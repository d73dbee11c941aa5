/** When alarms began and ended, by comparing what a meter reports at each read. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { Alarms, DeviceAlarms } from "./alarms.ts";

/** An alarm over time. */
export interface TrackedAlarm {
  /** Slot of the device in ET14; null for the meter itself. */
  readonly slot: number | null;
  /** Handle of the device; null for the meter itself. */
  readonly handle: number | null;
  /** As in `readAlarms`; "own1" to "own8" are the bits that the device's maker defines. */
  readonly key: string;
  readonly name: string;
  /** When it was first and last seen, on the clock of `handle`. It may have begun before the first read. */
  readonly firstSeen: Millis;
  readonly lastSeen: Millis;
  /** When it was first seen to be gone; null while it is active. */
  readonly cleared: Millis | null;
}

export interface AlarmChanges {
  readonly began: readonly TrackedAlarm[];
  readonly ended: readonly TrackedAlarm[];
}

interface Raised extends Pick<TrackedAlarm, "slot" | "handle" | "key" | "name"> {}

const idOf = ({ slot, handle, key }: Raised): string => `${slot ?? "meter"} ${handle ?? ""} ${key}`;

const ownBits = 8;

const ofDevice = ({ slot, handle, alarms, ownAlarms }: DeviceAlarms): Raised[] => [
  ...alarms.map(({ key, name }) => ({ slot, handle, key, name })),
  ...Array.from({ length: ownBits }, (_, bit) => bit)
    .filter((bit) => ((ownAlarms >> bit) & 1) === 1)
    .map((bit) => ({ slot, handle, key: `own${bit + 1}`, name: `Own alarm ${bit + 1}` })),
];

/**
 * Follows the alarms of one meter and of the devices behind it. A part that the meter refused leaves its alarms as they
 * were: unknown is not cleared. Alarms of a device that is gone, or that another one has replaced, end.
 */
export class AlarmTracker {
  readonly #active = new Map<string, TrackedAlarm>();

  /** `active` as an earlier tracker gave them, so that a restart begins nothing again. */
  constructor(active: readonly TrackedAlarm[] = []) {
    for (const alarm of active) if (alarm.cleared === null) this.#active.set(idOf(alarm), alarm);
  }

  /** The alarms that are active, in the order in which they began. */
  get active(): readonly TrackedAlarm[] {
    return [...this.#active.values()];
  }

  /** Takes what `readAlarms` gave at `now`. */
  handle({ meter, devices }: Alarms, now: Millis): AlarmChanges {
    const raised: Raised[] = [
      ...(meter?.alarms.map(({ key, name }) => ({ slot: null, handle: null, key, name })) ?? []),
      ...(devices?.flatMap(ofDevice) ?? []),
    ];
    const began: TrackedAlarm[] = [];
    const ended: TrackedAlarm[] = [];
    const present = new Set(raised.map(idOf));
    for (const [id, alarm] of this.#active) {
      const known = alarm.slot === null ? meter !== null : devices !== null;
      if (!known || present.has(id)) continue;
      this.#active.delete(id);
      ended.push({ ...alarm, cleared: now });
    }
    for (const alarm of raised) {
      const id = idOf(alarm);
      const before = this.#active.get(id);
      const tracked = { ...alarm, firstSeen: before?.firstSeen ?? now, lastSeen: now, cleared: null };
      this.#active.set(id, tracked);
      if (before === undefined) began.push(tracked);
    }
    return { began, ended };
  }
}
