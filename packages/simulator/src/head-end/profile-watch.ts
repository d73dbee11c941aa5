/** Tells when the load profile has recorded new values of M-Bus devices (MEP guide 1.1, pp. 40 and 83). */
import { decode } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT62 } from "@meterport/protocol/tables/index";
import { blockShape } from "../contents/block-shape.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

/** Sources from it on stand for an entry of ET66, which here is always an M-Bus device. */
const firstMapped = 112;
const lastMapped = 163;

export class ProfileWatch {
  readonly #meter: VirtualMeter;
  readonly #intervals: readonly Millis[];
  #checked: Millis;

  constructor(meter: VirtualMeter) {
    const { memory, dimensions } = meter;
    this.#meter = meter;
    this.#checked = meter.time;
    const { dataSets } = decode(BT62, memory.get(BT62.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
    this.#intervals = dimensions.BT61.dataSets.flatMap((set, i) => {
      const sources = dataSets[i]?.channelSettings.map(({ intervalSource }) => intervalSource) ?? [];
      const { minutes } = blockShape(set);
      const mapped = sources.some((source) => source >= firstMapped && source <= lastMapped);
      return mapped && set.blocks > 0 && minutes > 0 ? [minutes * 60_000] : [];
    });
  }

  /** When the next interval with such a value ends, by the meter's clock. */
  dueAt(): Millis | undefined {
    const due = this.#intervals.map((interval) => (Math.floor(this.#checked / interval) + 1) * interval);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Whether one has ended since it was asked last. */
  check(): boolean {
    const { time } = this.#meter;
    const before = this.#checked;
    this.#checked = time;
    return this.#intervals.some((interval) => Math.floor(time / interval) > Math.floor(before / interval));
  }
}
