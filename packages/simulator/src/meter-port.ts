/** One MEP port of a virtual meter: its line, its sequence numbers, its TLS session and its alerts. */

import { Endpoint, type EndpointOutput, type Serve } from "@meterport/protocol/mep/endpoint/endpoint";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import type { PortSecurity } from "@meterport/protocol/mep/security/mep-tls/port-security";
import type { Millis } from "@meterport/protocol/ports";

/** What a meter wants done: bytes to transmit, and what happened, for observers. */
export type MeterOutput =
  | EndpointOutput
  /** The port speaks at this many bits per second from now on; at its line's own speed again if undefined. */
  | { readonly type: "speed"; readonly baudRate: number | undefined };

/** What a line needs of a port, as a pure machine: it owns no clock. */
export interface MeterPort {
  /** Connects it to another line: what was under way on the old one is lost. */
  plugIn(timing?: Partial<EndpointTiming>): void;
  /** Restarts, as after a power failure: all sessions and what was under way are lost. */
  reboot(): void;
  /** Calls `wake` when `wakeAt` has moved without `handle`; the returned function ends it. */
  watch(wake: () => void): () => void;
  /** When "tick" is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined;
  /** Takes received bytes or a tick at time `now` (never running backwards) and says what is to be done. */
  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[];
}

/** What the meter does by itself, at its times. */
export interface Duty {
  /** When `tick` is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined;
  /** Does what is due at `now`. */
  tick(now: Millis): void;
}

export interface MepPortOptions {
  /** 1 or 2, as in ET70. */
  readonly number: 1 | 2;
  readonly security: PortSecurity;
  readonly serve: Serve;
  /** The number that the first request should carry. */
  readonly sequence: number;
  readonly timing: Partial<EndpointTiming>;
  readonly now: () => Millis;
  /** Tells the meter what time it is. */
  readonly tell: (now: Millis) => void;
  /** What the meter does by itself while this port is served. */
  readonly duties: Duty;
  /** Restarts the meter that it belongs to. */
  readonly reboot: () => void;
  /** Whether somebody else has its line: it neither hears nor speaks. */
  readonly silent: () => boolean;
}

export class MepPort implements MeterPort {
  readonly number: 1 | 2;
  readonly #options: MepPortOptions;
  readonly #watchers = new Set<() => void>();
  #endpoint: Endpoint;
  #alerting = false;
  /** Whether the endpoint has yet to be told of `#alerting`. */
  #unheard = false;

  constructor(options: MepPortOptions) {
    this.number = options.number;
    this.#options = options;
    this.#endpoint = this.#open(options.sequence, {});
  }

  /** The sequence number that the next request should carry. */
  get sequence(): number {
    return this.#endpoint.expectedSequence;
  }

  /** Raises the expected number. */
  bumpSequence(by?: number): void {
    this.#endpoint.bumpSequence(by);
  }

  /** Starts or stops alerting the client each second (MEP guide 1.1, p. 23). */
  alert(on: boolean): void {
    if (on === this.#alerting) return;
    this.#alerting = on;
    this.#unheard = true;
    this.wake();
  }

  /** Tells its line that `wakeAt` has moved. */
  wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }

  /** Who has a TLS session on it. */
  get session(): PortSecurity["session"] {
    return this.#options.security.session;
  }

  /** Forgets its TLS session without a word, as after a restart. */
  dropSession(): void {
    this.#options.security.dropSession();
  }

  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#endpoint = this.#open(this.sequence, timing);
    this.#unheard = this.#alerting;
  }

  reboot(): void {
    this.#options.reboot();
  }

  watch(wake: () => void): () => void {
    this.#watchers.add(wake);
    return () => this.#watchers.delete(wake);
  }

  wakeAt(): Millis | undefined {
    if (this.#unheard) return this.#options.now();
    const [own, duty] = [this.#endpoint.wakeAt(), this.#options.duties.wakeAt()];
    return own === undefined || duty === undefined ? (own ?? duty) : Math.min(own, duty);
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    this.#options.tell(now);
    this.#options.duties.tick(now);
    const out: MeterOutput[] = [];
    if (this.#unheard) {
      this.#unheard = false;
      out.push(...this.#endpoint.handle({ type: "alerting", on: this.#alerting }, now));
    }
    const silent = this.#options.silent();
    const taken =
      input === "tick" || silent ? ({ type: "tick" } as const) : ({ type: "received", bytes: input } as const);
    out.push(...this.#endpoint.handle(taken, now));
    return silent ? out.filter(({ type }) => type !== "transmit") : out;
  }

  #open(sequence: number, timing: Partial<EndpointTiming>): Endpoint {
    const { security, serve } = this.#options;
    return new Endpoint({ seal: security, serve, sequence, timing: { ...this.#options.timing, ...timing } });
  }
}
