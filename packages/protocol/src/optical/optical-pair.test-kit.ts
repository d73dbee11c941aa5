/** For tests: a client's and a meter's machine with a line between them, in virtual time. */
import type { LinkRequest } from "../mep/link/exchange.ts";
import type { Millis } from "../ports.ts";
import {
  OpticalEndpoint,
  type OpticalEndpointOptions,
  type OpticalEndpointOutput,
  passwordCheck,
} from "./optical-endpoint.ts";
import { OpticalLink } from "./optical-link.ts";
import type { OpticalLinkOptions, OpticalLinkOutput } from "./optical-link-ends.ts";
import { acknowledge, encodePacket, packetStart } from "./packet.ts";

export const testKeys = {
  unique: new Uint8Array(20).fill(0x4d),
  provisioning: new Uint8Array(20).fill(0x50),
  readOnly: new Uint8Array(20).fill(0x52),
};

/** What the line makes of some bytes: pieces that arrive one after another. */
export type Bend = (bytes: Uint8Array, towards: "meter" | "client") => readonly Uint8Array[];

export interface PairOptions {
  readonly link?: OpticalLinkOptions | undefined;
  readonly endpoint?: Partial<OpticalEndpointOptions> | undefined;
  readonly bend?: Bend | undefined;
  readonly delay?: Millis | undefined;
  /** The client's line stays at this speed, whatever the link says. */
  readonly stuckAt?: number | undefined;
  /** The meter knows no Negotiate that names speeds. */
  readonly refusesRates?: boolean | undefined;
}

export class OpticalPair {
  readonly link: OpticalLink;
  readonly endpoint: OpticalEndpoint;
  now: Millis = 0;
  /** What the link gave, without transmissions. */
  readonly outputs: (OpticalLinkOutput & { readonly at: Millis })[] = [];
  /** What the endpoint gave, without transmissions. */
  readonly served: OpticalEndpointOutput[] = [];
  /** Everything that was sent, in order: ">" by the client, "<" by the meter. */
  readonly sent: { readonly by: ">" | "<"; readonly bytes: Uint8Array; readonly at: Millis }[] = [];
  bend: Bend;
  /** Of both ends; what one sends at another speed than the other's is noise to it. */
  readonly speeds = { client: 9600, meter: 9600 };
  readonly #delay: Millis;
  readonly #stuckAt: number | undefined;
  readonly #refusesRates: boolean;
  /** Steps in which time stood still. */
  #idle = 0;
  #flying: { readonly at: Millis; readonly towards: "meter" | "client"; readonly bytes: Uint8Array }[] = [];

  constructor({
    link,
    endpoint,
    bend = (bytes) => [bytes],
    delay = 5,
    stuckAt,
    refusesRates = false,
  }: PairOptions = {}) {
    this.link = new OpticalLink({ password: testKeys.readOnly, ...link });
    this.endpoint = new OpticalEndpoint({ serve: () => Uint8Array.of(5), check: passwordCheck(testKeys), ...endpoint });
    this.bend = bend;
    this.#delay = delay;
    this.#stuckAt = stuckAt;
    this.#refusesRates = refusesRates;
  }

  request(request: Omit<LinkRequest, "type">): void {
    this.#client(this.link.handle({ type: "request", ...request }, this.now));
  }

  cancel(id: number): void {
    this.#client(this.link.handle({ type: "cancel", id }, this.now));
  }

  leave(): void {
    this.#client(this.link.leave(this.now));
  }

  /** Bytes out of nowhere. */
  inject(towards: "meter" | "client", bytes: Uint8Array): void {
    this.#flying.push({ at: this.now, towards, bytes });
  }

  /** Runs until nothing is asked any more, or the time is over. */
  settle(longest: Millis = 120_000): void {
    const end = this.now + longest;
    while (this.link.load > 0 && this.#step(end));
  }

  /** Runs for so long. */
  run(time: Millis): void {
    const end = this.now + time;
    while (this.#step(end));
    this.now = end;
  }

  #step(end: Millis): boolean {
    const flying = this.#flying[0];
    const at = Math.min(
      flying?.at ?? Number.POSITIVE_INFINITY,
      this.link.wakeAt() ?? Number.POSITIVE_INFINITY,
      this.endpoint.wakeAt() ?? Number.POSITIVE_INFINITY,
    );
    if (at > end) return false;
    this.#idle = at > this.now ? 0 : this.#idle + 1;
    if (this.#idle > 5_000) throw new Error(`a machine asks for ticks without end at ${this.now} ms`);
    this.now = Math.max(this.now, at);
    if (flying !== undefined && flying.at <= this.now) {
      this.#flying.shift();
      const input = { type: "received", bytes: flying.bytes } as const;
      if (flying.towards === "meter" && this.#refused(flying.bytes)) return true;
      if (flying.towards === "meter") this.#meter(this.endpoint.handle(input, this.now));
      else this.#client(this.link.handle(input, this.now));
      return true;
    }
    this.#client(this.link.handle({ type: "tick" }, this.now));
    this.#meter(this.endpoint.handle({ type: "tick" }, this.now));
    return true;
  }

  #client(outputs: readonly OpticalLinkOutput[]): void {
    for (const output of outputs) {
      if (output.type === "speed") this.speeds.client = this.#stuckAt ?? output.baudRate;
      if (output.type === "transmit") this.#fly(">", "meter", output.bytes);
      else this.outputs.push({ ...output, at: this.now });
    }
  }

  #meter(outputs: readonly OpticalEndpointOutput[]): void {
    for (const output of outputs) {
      if (output.type === "speed") this.speeds.meter = output.baudRate ?? 9600;
      if (output.type === "transmit") this.#fly("<", "client", output.bytes);
      else this.served.push(output);
    }
  }

  /** Answers in the meter's place. */
  #refused(bytes: Uint8Array): boolean {
    const service = bytes[6] ?? 0;
    if (!this.#refusesRates || bytes[0] !== packetStart || service <= 0x60 || service > 0x6b) return false;
    const answer = { multi: false, first: false, toggle: true, sequence: 0, data: Uint8Array.of(2) };
    this.#fly("<", "client", Uint8Array.of(acknowledge, ...encodePacket(answer)));
    return true;
  }

  #fly(by: ">" | "<", towards: "meter" | "client", bytes: Uint8Array): void {
    this.sent.push({ by, bytes, at: this.now });
    const at = this.now + this.#delay;
    const heard = this.speeds.client === this.speeds.meter ? bytes : bytes.map((byte) => byte ^ 0xf0);
    for (const piece of this.bend(heard, towards)) this.#flying.push({ at, towards, bytes: piece });
  }
}
