/** The batteries that asked lately, and what they do together. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { CtRequest, Phase, Share } from "./ct-frames.ts";

interface Entry {
  readonly request: CtRequest;
  readonly at: Millis;
}

/** As many as the real sensor has room for. */
const most = 9;
/** A battery that has not asked for so long is off. */
const forget: Millis = 5_000;

export class BatteryTable {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Notes what a battery says. One that finds no room is not counted. */
  note(request: CtRequest, now: Millis): void {
    this.#expire(now);
    if (this.#entries.has(request.battery) || this.#entries.size < most)
      this.#entries.set(request.battery, { request, at: now });
  }

  /** What the others are told: the power of all batteries by place, split by its direction. */
  shares(now: Millis): { readonly [P in Phase]: Share } {
    this.#expire(now);
    const empty = (): Share => ({ charging: 0, discharging: 0, batteries: 0 });
    const shares = { A: empty(), B: empty(), C: empty(), D: empty(), "0": empty() };
    for (const { request } of this.#entries.values()) {
      if (!request.counts) continue;
      const { charging, discharging, batteries } = shares[request.phase];
      shares[request.phase] = {
        charging: charging + Math.min(0, request.power),
        discharging: discharging + Math.max(0, request.power),
        batteries: batteries + 1,
      };
    }
    return shares;
  }

  #expire(now: Millis): void {
    for (const [battery, { at }] of this.#entries) if (now - at > forget) this.#entries.delete(battery);
  }
}
