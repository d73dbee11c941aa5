/** The optical port of a virtual meter: sessions with its keys, their limits, and what the meter records of them. */

import { opticalBaudRates } from "@meterport/protocol/baud-rates";
import { decode, reaches } from "@meterport/protocol/layout/index";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import type { Secret } from "@meterport/protocol/mep/security/key";
import {
  type LockOut,
  OpticalEndpoint,
  type OpticalLevel,
  passwordCheck,
  type SessionLimit,
} from "@meterport/protocol/optical/optical-endpoint";
import type { Millis } from "@meterport/protocol/ports";
import { BT03, type Dimensions, ET51, ET55 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";
import type { MeterOutput, MeterPort } from "../meter-port.ts";
import { provisioningKeyWorks } from "./optical-rights.ts";

/** MK, PK and RK, each of up to 20 bytes (Optical guide 1.1, p. 15). An omitted key opens nothing. */
export interface OpticalKeys {
  readonly unique?: Secret;
  readonly provisioning?: Secret;
  readonly readOnly?: Secret;
}

export interface OpticalPortOptions {
  readonly keys: OpticalKeys;
  readonly memory: Memory;
  readonly dimensions: Dimensions;
  readonly serve: (apdu: Uint8Array, level: OpticalLevel, userId: number) => Uint8Array;
  /** Tells the meter what time it is. */
  readonly tell: (now: Millis) => void;
  readonly reboot: () => void;
  /** For the event log. */
  readonly noteWrongPassword: () => void;
}

/** No guide says which speeds a meter takes: these are those above 9600 that C12.18 has codes for. */
const opticalRates = Object.values(opticalBaudRates).filter((rate) => rate > 9600);

const second = 1000;
const minute = 60_000;
/** Bit 0 of this byte of BT03: somebody tried a wrong password (p. 48). */
const invalidPassword = { byte: 5, bit: 0x01 };

export class OpticalPort implements MeterPort {
  readonly #options: OpticalPortOptions;
  readonly #endpoint: OpticalEndpoint;
  #tested: { readonly version: number; readonly limit: SessionLimit | undefined; readonly lock: LockOut | undefined };

  constructor(options: OpticalPortOptions) {
    this.#options = options;
    this.#tested = { version: -1, limit: undefined, lock: undefined };
    const { keys, memory, serve } = options;
    const revealed = {
      ...(keys.unique === undefined ? {} : { unique: keys.unique.reveal() }),
      ...(keys.provisioning === undefined ? {} : { provisioning: keys.provisioning.reveal() }),
      ...(keys.readOnly === undefined ? {} : { readOnly: keys.readOnly.reveal() }),
    };
    const check = passwordCheck(revealed);
    this.#endpoint = new OpticalEndpoint({
      serve: (apdu, { level, userId }) => serve(apdu, level, userId),
      check: (password) => {
        const level = check(password);
        return level === "provisioning" && !provisioningKeyWorks(memory) ? undefined : level;
      },
      rates: opticalRates,
      sessionLimit: () => this.#configured().limit,
      lockOut: () => this.#configured().lock,
    });
  }

  /** Whether a client has the port: on a meter with one UART its MEP port is dead meanwhile. */
  get active(): boolean {
    return this.#endpoint.active;
  }

  /** Whether a session was too long and no other one begins yet (ET51.6). */
  rests(now: Millis): boolean {
    return this.#endpoint.rests(now);
  }

  plugIn({ byteTime }: Partial<EndpointTiming> = {}): void {
    this.#endpoint.reset(byteTime === undefined ? {} : { byteTime });
  }

  reboot(): void {
    this.#options.reboot();
  }

  watch(): () => void {
    return () => {};
  }

  wakeAt(): Millis | undefined {
    return this.#endpoint.wakeAt();
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    this.#options.tell(now);
    const taken = input === "tick" ? ({ type: "tick" } as const) : ({ type: "received", bytes: input } as const);
    const out = this.#endpoint.handle(taken, now);
    for (const output of out) if (output.type === "rejected" && output.reason === "password") this.#noteWrongPassword();
    return out.filter((output) => output.type === "transmit" || output.type === "speed");
  }

  #noteWrongPassword(): void {
    const { memory, noteWrongPassword } = this.#options;
    noteWrongPassword();
    const flags = memory.read(BT03.number, invalidPassword.byte, 1)?.[0];
    if (flags !== undefined)
      memory.patch(BT03.number, invalidPassword.byte, Uint8Array.of(flags | invalidPassword.bit));
  }

  /** What ET51 and ET55 say of sessions, read again where the meter's memory has changed. */
  #configured() {
    const { memory, dimensions } = this.#options;
    if (this.#tested.version === memory.version) return this.#tested;
    const version = memory.version;
    const tables = { ET51: memory.get(ET51.number), ET55: memory.get(ET55.number) };
    const thresholds =
      tables.ET55 === undefined ? undefined : decode(ET55, tables.ET55, dimensions, { trailing: "keep" });
    const client =
      tables.ET51 === undefined ? undefined : decode(ET51, tables.ET51, dimensions, { trailing: "keep" }).clients[0];
    // ET51 is for meters with one UART; those with a port of its own have these fields in ET55.
    const limits = reaches(dimensions.profile, { meter: [4, 0] }) ? thresholds : client;
    const { enableOpticalDosTimer, opticalSessionTimeout, opticalSessionHoldOff } = limits ?? {};
    const limit =
      enableOpticalDosTimer === true
        ? { longest: second * (opticalSessionTimeout ?? 0), holdOff: second * (opticalSessionHoldOff ?? 0) }
        : undefined;
    const attempts = thresholds?.opticalFailedAuthenticationLockoutThreshold ?? 0;
    const time = minute * (thresholds?.opticalFailedAuthenticationLockoutDuration ?? 0);
    this.#tested = { version, limit, lock: attempts > 0 && time > 0 ? { attempts, time } : undefined };
    return this.#tested;
  }
}
