/** For tests: speaks to a virtual meter without a line, one request after another, in time that jumps. */

import type { Profile } from "@meterport/protocol/layout/index";
import {
  decodeResponse,
  encodeRequest,
  type TableRequest,
  type TableResponse,
} from "@meterport/protocol/mep/frame/apdu";
import { Deframer } from "@meterport/protocol/mep/frame/frame";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import { rc4Encryption } from "@meterport/protocol/mep/security/rc4/encryption";
import type { Seal } from "@meterport/protocol/mep/security/seal";
import type { Millis } from "@meterport/protocol/ports";
import { VirtualMeter, type VirtualMeterOptions } from "../meter/virtual-meter.ts";
import type { MepPort, MeterOutput } from "../meter-port.ts";

export const basicKey: Uint8Array = new Uint8Array(16).fill(2);
export const advancedKey: Uint8Array = new Uint8Array(16).fill(1);
const meter370: Profile = { family: "meter", firmware: [3, 70] };
export const newYear: Millis = Date.UTC(2026, 0, 1);

/** A meter of firmware 3.70 in a quiet household. */
export const openMeter = (options: Partial<VirtualMeterOptions> = {}): VirtualMeter =>
  new VirtualMeter({
    profile: meter370,
    keys: { basic: new Secret(basicKey), advanced: new Secret(advancedKey) },
    scenario: "quiet",
    seed: 1,
    start: newYear,
    ...options,
  });

export const transmitted = (outputs: readonly MeterOutput[]): Uint8Array[] =>
  outputs.flatMap((output) => (output.type === "transmit" ? [output.bytes] : []));

export interface ConversationOptions {
  /** 1 if omitted. */
  readonly port?: 1 | 2 | undefined;
  /** When it begins; 0 if omitted. */
  readonly now?: Millis | undefined;
  readonly key?: Uint8Array | undefined;
  readonly encrypt?: boolean | undefined;
}

/** Everything that a malformed answer could be told as. */
export type Answer = TableResponse | { readonly kind: string };

/** One client that asks one meter. */
export class Conversation {
  readonly #meter: MepPort;
  readonly #seal: Seal;
  now: Millis;

  constructor(
    meter: VirtualMeter,
    { key = advancedKey, encrypt = false, port = 1, now = 0 }: ConversationOptions = {},
  ) {
    this.#meter = meter.port(port);
    this.now = now;
    const options = { key, sequence: this.#meter.sequence };
    this.#seal = encrypt ? rc4Encryption(options) : rc4Authentication(options);
  }

  /** Sends a request and gives the response, after as much time as the meter takes. */
  ask(request: TableRequest): Answer {
    return this.askRaw(encodeRequest(request), request.kind);
  }

  askRaw(apdu: Uint8Array, kind: TableRequest["kind"]): Answer {
    const sealed = this.#seal.seal(apdu);
    const deframer = new Deframer();
    let outputs = this.#meter.handle(sealed.packet, this.now);
    for (;;) {
      for (const bytes of transmitted(outputs))
        for (const event of deframer.push(bytes)) {
          if (event.type !== "frame") continue;
          const opened = sealed.open(event.body);
          if (opened.type === "resync") this.#seal.resync(opened.sequence);
          return opened.type === "apdu" ? decodeResponse(opened.apdu, kind) : { kind: opened.type };
        }
      const at = this.#meter.wakeAt();
      if (at === undefined) return { kind: "silence" };
      this.now = Math.max(this.now, at);
      outputs = this.#meter.handle("tick", this.now);
    }
  }

  /** The bytes of a table. */
  read(table: number, count = 465): Uint8Array {
    return this.#data(this.ask({ kind: "read", table, count }));
  }

  readAt(table: number, offset: number, count: number): Uint8Array {
    return this.#data(this.ask({ kind: "read-at", table, offset, count }));
  }

  /** Writes bytes of a table, and gives the kind of the response. */
  writeAt(table: number, offset: number, data: readonly number[] | Uint8Array): Answer["kind"] {
    return this.ask({ kind: "write-at", table, offset, data: Uint8Array.from(data) }).kind;
  }

  /** Lets time pass, and counts the alerts on the line meanwhile. */
  listen(until: Millis): number {
    let alerts = 0;
    for (;;) {
      const at = this.#meter.wakeAt();
      if (at === undefined || at > until) break;
      this.now = Math.max(this.now, at);
      for (const bytes of transmitted(this.#meter.handle("tick", this.now)))
        if (bytes.length === 2 && bytes[0] === 0 && bytes[1] === 0) alerts++;
    }
    this.now = until;
    this.#meter.handle("tick", until);
    return alerts;
  }

  #data(answer: Answer): Uint8Array {
    if (answer.kind === "data" && "data" in answer) return answer.data;
    throw new Error(`the meter answered ${JSON.stringify(answer)}`);
  }
}
