/**
 * The one UART of a meter before firmware 4.0, as its MEP connector and its optical port share it (Optical guide 1.1, pp. 15-16): MEP
 * has it until 0xEE comes. What that frame says is lost over the change, so the meter answers NAK and has it repeated.
 */

import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import type { Millis } from "@meterport/protocol/ports";
import type { MeterOutput, MeterPort } from "../meter-port.ts";
import type { OpticalPort } from "./optical-port.ts";

/** What every packet of the optical port begins with. */
const start = 0xee;
const nak = 0x15;
/** A longer silence ends a request of MEP, and the packet that is lost. */
const silence: Millis = 50;
/** Nobody repeats the packet: MEP has the port again, as after a channel without traffic. */
const patience: Millis = 6000;

type Owner =
  | { readonly kind: "mep" }
  /** The first packet is coming in. */
  | { readonly kind: "changing" }
  | { readonly kind: "optical"; readonly until: Millis };

export class SharedUart implements MeterPort {
  readonly #mep: MeterPort;
  readonly #optical: OpticalPort;
  #owner: Owner = { kind: "mep" };
  #lastByteAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(mep: MeterPort, optical: OpticalPort) {
    this.#mep = mep;
    this.#optical = optical;
  }

  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#mep.plugIn(timing);
    this.#optical.plugIn(timing);
    this.#owner = { kind: "mep" };
  }

  reboot(): void {
    this.#mep.reboot();
    this.#owner = { kind: "mep" };
  }

  watch(wake: () => void): () => void {
    return this.#mep.watch(wake);
  }

  wakeAt(): Millis | undefined {
    const times = [this.#mep.wakeAt(), this.#optical.wakeAt()];
    if (this.#owner.kind === "changing") times.push(this.#lastByteAt + silence);
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    const out: MeterOutput[] = [];
    // Both keep their time, whichever has the line; only its owner is heard on it.
    const mep = this.#mep.handle("tick", now);
    const before = this.#optical.active;
    const optical = this.#optical.handle("tick", now);
    if (this.#owner.kind === "mep") out.push(...mep);
    if (this.#owner.kind === "optical") out.push(...optical);
    if (this.#owner.kind === "changing" && now >= this.#lastByteAt + silence) {
      this.#owner = { kind: "optical", until: now + patience };
      out.push({ type: "transmit", bytes: Uint8Array.of(nak) });
    }
    if (this.#owner.kind === "optical" && !this.#optical.active && (before || now >= this.#owner.until))
      this.#owner = { kind: "mep" };
    if (input !== "tick" && input.length > 0) out.push(...this.#receive(input, now));
    return out;
  }

  #receive(bytes: Uint8Array, now: Millis): MeterOutput[] {
    const fresh = now - this.#lastByteAt > silence;
    this.#lastByteAt = now;
    // A port that rests after a session that was too long does not take the line from MEP either (p. 16).
    const taken = fresh && bytes[0] === start && !this.#optical.rests(now);
    if (this.#owner.kind === "mep" && !taken) return this.#mep.handle(bytes, now);
    if (this.#owner.kind === "mep") this.#owner = { kind: "changing" };
    if (this.#owner.kind === "changing") return [];
    const before = this.#optical.active;
    const out = this.#optical.handle(bytes, now);
    if (before && !this.#optical.active) this.#owner = { kind: "mep" };
    return out;
  }
}
