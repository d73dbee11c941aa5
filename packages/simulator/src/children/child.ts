/** One meter on the M-Bus, as a telegram at any moment. */
import type { Millis } from "@meterport/protocol/ports";
import type { Noise } from "../household/noise.ts";
import { Growth } from "./growth.ts";
import type { ChildKind } from "./kinds.ts";
import type { Telegram } from "./telegram.ts";

/** Noise of the meter that nothing else takes. */
const firstLane = 50;
const hour = 3_600_000;
/** Bit of the status byte; such an error is also among the error flags. */
const permanentError = 0x08;

export class Child {
  readonly kind: ChildKind;
  readonly slot: number;
  readonly serialNumber: string;
  readonly #growth: Growth;
  #valve: "open" | "closed" = "open";
  /** The status byte of its telegrams. */
  status = 0;

  constructor(kind: ChildKind, slot: number, noise: Noise) {
    const lane = firstLane + 2 * slot;
    this.kind = kind;
    this.slot = slot;
    this.serialNumber = Array.from({ length: 8 }, (_, i) => Math.floor(noise.unit(i, lane) * 10)).join("");
    this.#growth = new Growth(kind.growth(noise, lane + 1));
  }

  get valve(): "open" | "closed" {
    return this.#valve;
  }

  /** Opens or closes its valve. Whether that changed anything. */
  turn(valve: "open" | "closed", time: Millis): boolean {
    if (!this.kind.hasValve || valve === this.#valve) return false;
    this.#valve = valve;
    this.#growth.stop(valve === "closed", time);
    return true;
  }

  /** What it has counted, in the unit of its telegram. */
  countAt(time: Millis): number {
    return Math.floor(this.#growth.at(time));
  }

  /** The four bytes of its counter. */
  counterAt(time: Millis): readonly number[] {
    return this.kind.counter(this.#growth, time);
  }

  /** What it answers at a time; `local` is what the local clock shows then. */
  telegram(time: Millis, local: Millis): Telegram {
    const { medium, manufacturerId, records } = this.kind;
    const errors = (this.status & permanentError) === 0 ? 0 : 1;
    return {
      serialNumber: this.serialNumber,
      manufacturerId,
      version: 1,
      medium,
      accessNumber: Math.floor(time / hour) & 0xff,
      status: this.status,
      records: records({ time, local, growth: this.#growth, valve: this.#valve, errors }),
    };
  }
}
