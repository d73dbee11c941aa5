/**
 * ET71: watches sources for the meter's clients and raises an alert where one has changed by its delta (MEP guide 1.1, pp.
 * 40-41 and 180-181). The "alert state" bit of those pages has no place in the layout, so none is set.
 */
import { decode, encode } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET71 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

const second = 1000;
const notInUse = 255;
const [lowest, highest] = [-(2 ** 31), 2 ** 31 - 1];

/** The value as a table of the meter has it. */
const held = (value: number): number => Math.min(highest, Math.max(lowest, value));

/** Whether an entry names a source, in its first two bytes. */
const hasSource = (bytes: Uint8Array): boolean => {
  const size = 13;
  for (let at = 0; at + size <= bytes.length; at += size)
    if ((bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0) !== notInUse) return true;
  return false;
};

export class DeltaWatch {
  readonly #meter: VirtualMeter;
  #sampled: Millis = Number.NEGATIVE_INFINITY;
  /** Whether anything is watched, and the version of the memory that said so: it is asked for at each step of the line. */
  #watching = false;
  #version = -1;

  constructor(meter: VirtualMeter) {
    this.#meter = meter;
  }

  /** When the next sample is due, by the meter's clock; undefined while nothing is watched. */
  dueAt(): Millis | undefined {
    return this.#watches() ? Math.max(this.#meter.time, (Math.floor(this.#sampled / second) + 1) * second) : undefined;
  }

  /** Takes a sample where a second has passed. Whether a source has changed by its delta. */
  sample(time: Millis): boolean {
    if (Math.floor(time / second) <= Math.floor(this.#sampled / second) || !this.#watches()) return false;
    this.#sampled = time;
    const { memory, dimensions } = this.#meter;
    const table = decode(ET71, memory.get(ET71.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
    const values = this.#meter.history.live.countsAt(time);
    let changed = false;
    for (const entry of table.deltaData) {
      const { deltaDataMonitorSource: source, configuredDelta: delta } = entry;
      if (source === notInUse) continue;
      const value = values.get(source);
      entry.sourceIdInvalid = value === undefined;
      if (value === undefined) continue;
      entry.sampledDataValue = held(value);
      if (delta === 0 || Math.abs(entry.sampledDataValue - entry.comparisonValue) < delta) continue;
      entry.comparisonValue = entry.sampledDataValue;
      changed = true;
    }
    memory.patch(ET71.number, 0, encode(ET71, table, dimensions));
    return changed;
  }

  #watches(): boolean {
    const { memory } = this.#meter;
    if (this.#version !== memory.version) {
      this.#version = memory.version;
      this.#watching = hasSource(memory.get(ET71.number) ?? new Uint8Array(0));
    }
    return this.#watching;
  }
}
