/**
 * The meter's side of the optical port as a pure machine, the mirror of `OpticalLink`: bytes and the time go in, bytes come
 * out. What a request means is the callback's business, and so is which password is which key.
 */

import { opticalBaudRates } from "../baud-rates.ts";
import { equalBytes } from "../bytes.ts";
import { decodeRequest, requestCode } from "../mep/frame/apdu.ts";
import { code } from "../mep/frame/response-codes.ts";
import type { Millis } from "../ports.ts";
import { Channel, type ChannelOutput, messageRoom } from "./channel.ts";
import { leastPacketSize } from "./packet.ts";
import {
  decodeService,
  encodeIdentified,
  encodeNegotiated,
  type PacketLimits,
  passwordLength,
  type ServiceRequest,
} from "./services.ts";
import { opticalResponse, readOverhead, tableRequest } from "./table-service.ts";
import { type ChannelTiming, defaultChannelTiming } from "./timing.ts";

/** Which key the client showed (Optical guide 1.1, p. 15): RK, PK and MK give the last three, none the first. */
export type OpticalLevel = "none" | "read-only" | "provisioning" | "unique";

/** What the meter knows of a request beside its bytes. */
export interface OpticalAccess {
  readonly level: OpticalLevel;
  /** As the client logged on: for the event log. */
  readonly userId: number;
  /** Most data bytes that fit into the response; more is answered with 0x04. */
  readonly readLimit: number;
}

/** Protection against clients that hold the port for too long (Optical guide 1.1, p. 16; ET51.4 and ET51.6). */
export interface SessionLimit {
  /** From the beginning of a session to its end. */
  readonly longest: Millis;
  /** How long nothing is heard afterwards. */
  readonly holdOff: Millis;
}

/** Protection against guessing (ET55.22 and ET55.23, from firmware 4.30 on). */
export interface LockOut {
  /** This many wrong passwords in a row lock the port. */
  readonly attempts: number;
  readonly time: Millis;
}

/** What an endpoint takes. */
export type OpticalEndpointInput =
  | { readonly type: "received"; readonly bytes: Uint8Array }
  | { readonly type: "tick" };

/** Why a session ended. */
export type SessionEnd = "terminated" | "silence" | "limit";

/** What an endpoint gives. */
export type OpticalEndpointOutput =
  | { readonly type: "transmit"; readonly bytes: Uint8Array }
  /** A request was executed; `apdu` and `response` as on the MEP port. */
  | {
      readonly type: "served";
      readonly apdu: Uint8Array;
      readonly response: Uint8Array;
      readonly access: OpticalAccess;
    }
  /** The line is at this many bits per second from now on, or as in the beginning again. */
  | { readonly type: "speed"; readonly baudRate: number | undefined }
  /** A client identified itself: on a shared port, MEP is silent from now on. */
  | { readonly type: "opened" }
  | { readonly type: "closed"; readonly reason: SessionEnd }
  /** Something was not executed: a wrong password, one while the port is locked, a service in the wrong state, bytes that are not a service. */
  | { readonly type: "rejected"; readonly reason: "password" | "locked" | "state" | "malformed" };

/** What an endpoint is made of. Callbacks are asked each time, so what they tell may change. */
export interface OpticalEndpointOptions {
  /** Executes a request (from its code on, as the MEP port has it) and gives the response. */
  readonly serve: (apdu: Uint8Array, access: OpticalAccess) => Uint8Array;
  /** Which key a password of 20 bytes is; undefined for none of them. `passwordCheck` makes one of the keys. */
  readonly check: (password: Uint8Array) => OpticalLevel | undefined;
  /** What this meter takes at most; 128 bytes and 8 packets if omitted. */
  readonly limits?: PacketLimits | undefined;
  /** Speeds that it changes to where a client offers them, in bits per second; none if omitted. */
  readonly rates?: readonly number[] | undefined;
  readonly timing?: Partial<ChannelTiming> | undefined;
  /** Nothing if omitted. */
  readonly sessionLimit?: () => SessionLimit | undefined;
  readonly lockOut?: () => LockOut | undefined;
}

const usualLimits: PacketLimits = { packetSize: 128, packets: 8 };

/** As meters of generation 3 answer in the field: version 2 of the standard. */
const identified = encodeIdentified({ standard: 0, version: 2, revision: 0, features: new Uint8Array() });

/** As a Negotiate names a rate that stays as it is. */
const sameBaud = 0;

/** What both ends agreed on. */
type Agreed = PacketLimits & { readonly baudRate: number | undefined };

const tableCodes: readonly number[] = Object.values(requestCode);

/** States of ANSI C12.18-1996. */
type State = "base" | "identified" | "session";

/** One optical port of one meter. */
export class OpticalEndpoint {
  readonly #options: OpticalEndpointOptions;
  #timing: ChannelTiming;
  readonly #accepted: PacketLimits;
  readonly #channel: Channel;
  #state: State = "base";
  #level: OpticalLevel = "none";
  #userId = 0;
  #began: Millis = 0;
  #aliveUntil: Millis = Number.NEGATIVE_INFINITY;
  /** Silence that a Wait service has asked for, until the next message. */
  #granted: Millis = 0;
  /** Nothing is heard before. */
  #deafUntil: Millis = Number.NEGATIVE_INFINITY;
  #wrong = 0;
  #lockedUntil: Millis = Number.NEGATIVE_INFINITY;
  /** What is agreed on holds from the next message on: this one's answer still goes out as before. */
  #agreed: Agreed | undefined;
  /** Whether the line is at another speed than in the beginning. */
  #otherSpeed = false;
  /** The channel ends when the answer is delivered. */
  #ending = false;

  constructor(options: OpticalEndpointOptions) {
    this.#options = options;
    this.#timing = { ...defaultChannelTiming, ...options.timing };
    this.#accepted = options.limits ?? usualLimits;
    this.#channel = new Channel(this.#accepted, this.#timing);
  }

  /** Whether nothing is heard now, after a session that was too long. */
  rests(now: Millis): boolean {
    return now < this.#deafUntil;
  }

  /** Whether a client has the port. */
  get active(): boolean {
    return this.#state !== "base";
  }

  /** When a tick is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    const times = [this.#channel.wakeAt(), this.active ? this.#endAt() : undefined];
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  /** Takes one input at time `now` (never running backwards) and returns what is to be done. Throws only what the callbacks throw. */
  handle(input: OpticalEndpointInput, now: Millis): OpticalEndpointOutput[] {
    const out: OpticalEndpointOutput[] = [];
    this.#expire(now, out);
    if (this.rests(now)) return out;
    const heard: ChannelOutput[] = [];
    if (input.type === "received") this.#channel.receive(input.bytes, now, heard);
    else this.#channel.advance(now, heard);
    this.#hear(heard, now, out);
    return out;
  }

  /** Ends a session at once, as a meter does that restarts, or that is connected to a line with another timing. */
  reset(timing: Partial<ChannelTiming> = {}): void {
    this.#timing = { ...this.#timing, ...timing };
    this.#channel.timing = this.#timing;
    this.#channel.clear();
    this.#channel.forget();
    this.#end();
  }

  #end(): void {
    this.#channel.abandon();
    this.#channel.timing = this.#timing;
    this.#otherSpeed = false;
    this.#state = "base";
    this.#level = "none";
    this.#agreed = undefined;
    this.#ending = false;
    this.#granted = 0;
  }

  #endAt(): Millis {
    const limit = this.#options.sessionLimit?.();
    return Math.min(this.#silentAt(), limit === undefined ? Number.POSITIVE_INFINITY : this.#began + limit.longest);
  }

  /** On a slow line, a packet that takes long is not a silence. */
  #silentAt(): Millis {
    return this.#channel.deferred(this.#aliveUntil) + (this.#channel.sending ? this.#channel.packetTime : 0);
  }

  #expire(now: Millis, out: OpticalEndpointOutput[]): void {
    if (!this.active || now < this.#endAt()) return;
    const limit = this.#options.sessionLimit?.();
    const tooLong = limit !== undefined && now >= this.#began + limit.longest;
    if (tooLong) this.#deafUntil = now + limit.holdOff;
    this.#close(tooLong ? "limit" : "silence", out);
  }

  #close(reason: SessionEnd, out: OpticalEndpointOutput[]): void {
    if (this.#otherSpeed) out.push({ type: "speed", baudRate: undefined });
    // What a client sent last may still be repeated by it, where it lives.
    if (reason === "terminated") this.#end();
    else this.reset();
    out.push({ type: "closed", reason });
  }

  #hear(heard: readonly ChannelOutput[], now: Millis, out: OpticalEndpointOutput[]): void {
    for (const output of heard) {
      if (output.type === "transmit") out.push(output);
      else if (output.type === "message") this.#message(output.data, now, out);
      else if (output.type === "progress") this.#alive(now);
      else if (output.type === "delivered") this.#delivered(now, out);
      else if (output.type === "undelivered") this.#undelivered(out);
    }
  }

  #delivered(now: Millis, out: OpticalEndpointOutput[]): void {
    this.#alive(now);
    if (this.#agreed !== undefined) this.#take(this.#agreed, out);
    this.#agreed = undefined;
    if (this.#ending) this.#close("terminated", out);
  }

  #take({ baudRate, ...limits }: Agreed, out: OpticalEndpointOutput[]): void {
    this.#channel.limits = limits;
    if (baudRate === undefined) return;
    const byteTime = this.#timing.byteTime === 0 ? 0 : 10_000 / baudRate;
    this.#channel.timing = { ...this.#timing, byteTime };
    this.#otherSpeed = true;
    out.push({ type: "speed", baudRate });
  }

  #undelivered(out: OpticalEndpointOutput[]): void {
    this.#agreed = undefined;
    if (this.#ending) this.#close("terminated", out);
  }

  #alive(now: Millis): void {
    this.#aliveUntil = now + Math.max(this.#timing.trafficTimeout, this.#granted);
  }

  #send(message: Uint8Array, now: Millis, out: OpticalEndpointOutput[]): void {
    const sent: ChannelOutput[] = [];
    this.#channel.send(message, now, sent);
    this.#hear(sent, now, out);
  }

  #message(data: Uint8Array, now: Millis, out: OpticalEndpointOutput[]): void {
    this.#granted = 0;
    const service = decodeService(data);
    const answer =
      service === undefined
        ? this.#table(data, out)
        : service.kind === "malformed"
          ? reject("malformed", code.error, out)
          : this.#service(service, now, out);
    this.#alive(now);
    this.#send(answer, now, out);
  }

  #service(service: ServiceRequest, now: Millis, out: OpticalEndpointOutput[]): Uint8Array {
    if (service.kind === "terminate") return this.#terminate(out);
    if (service.kind === "identification") return this.#identify(now, out);
    if (this.#state === "base") return reject("state", code.invalidState, out);
    switch (service.kind) {
      case "negotiate":
        return this.#state === "identified" ? this.#negotiate(service) : reject("state", code.invalidState, out);
      case "wait":
        this.#granted = 1_000 * service.seconds;
        return Uint8Array.of(code.ok);
      case "logon":
        if (this.#state !== "identified") return reject("state", code.invalidState, out);
        this.#state = "session";
        this.#level = "none";
        this.#userId = service.userId;
        return Uint8Array.of(code.ok);
      case "security":
        if (this.#state !== "session") return reject("state", code.invalidState, out);
        return this.#password(service.password, now, out);
      case "logoff":
        if (this.#state !== "session") return reject("state", code.invalidState, out);
        this.#state = "identified";
        this.#level = "none";
        return Uint8Array.of(code.ok);
    }
  }

  #terminate(out: OpticalEndpointOutput[]): Uint8Array {
    if (this.#state === "base") return reject("state", code.invalidState, out);
    this.#ending = true;
    return Uint8Array.of(code.ok);
  }

  #identify(now: Millis, out: OpticalEndpointOutput[]): Uint8Array {
    if (this.#state !== "base") return reject("state", code.invalidState, out);
    this.#state = "identified";
    this.#began = now;
    out.push({ type: "opened" });
    return identified;
  }

  #negotiate({ packetSize, packets, bauds }: PacketLimits & { readonly bauds: readonly number[] }): Uint8Array {
    const { rates = [] } = this.#options;
    // The client names the best one first.
    const baud = bauds.find((code) => rates.includes(opticalBaudRates[code] ?? 0)) ?? sameBaud;
    const agreed = {
      packetSize: Math.max(leastPacketSize, Math.min(packetSize, this.#accepted.packetSize)),
      packets: Math.max(1, Math.min(packets, this.#accepted.packets)),
    };
    this.#agreed = { ...agreed, baudRate: opticalBaudRates[baud] };
    return encodeNegotiated({ ...agreed, baud });
  }

  #password(password: Uint8Array, now: Millis, out: OpticalEndpointOutput[]): Uint8Array {
    if (now < this.#lockedUntil) return reject("locked", code.insufficientSecurity, out);
    const level = this.#options.check(password);
    if (level !== undefined) {
      this.#wrong = 0;
      this.#level = level;
      return Uint8Array.of(code.ok);
    }
    this.#wrong++;
    const lock = this.#options.lockOut?.();
    if (lock !== undefined && this.#wrong >= lock.attempts) {
      this.#lockedUntil = now + lock.time;
      this.#wrong = 0;
    }
    return reject("password", code.insufficientSecurity, out);
  }

  #table(data: Uint8Array, out: OpticalEndpointOutput[]): Uint8Array {
    const apdu = tableRequest(data);
    const asked = decodeRequest(data);
    if (!tableCodes.includes(data[0] ?? 0)) return reject("malformed", code.serviceNotSupported, out);
    if ("kind" in apdu || asked.kind === "malformed") return reject("malformed", code.error, out);
    if (this.#state !== "session") return reject("state", code.invalidState, out);
    const room = messageRoom(this.#channel.limits);
    const access: OpticalAccess = { level: this.#level, userId: this.#userId, readLimit: room - readOverhead };
    const served = this.#options.serve(apdu, access);
    const message = opticalResponse(served, asked.kind);
    const fits = message.length <= room;
    const response = fits ? served : Uint8Array.of(code.operationNotPossible);
    out.push({ type: "served", apdu, response, access });
    return fits ? message : response;
  }
}

const reject = (
  reason: (OpticalEndpointOutput & { type: "rejected" })["reason"],
  answer: number,
  out: OpticalEndpointOutput[],
): Uint8Array => {
  out.push({ type: "rejected", reason });
  return Uint8Array.of(answer);
};

/** The keys of a meter, 20 bytes each, shorter ones with zeros after them. */
export interface OpticalKeys {
  readonly unique?: Uint8Array;
  readonly provisioning?: Uint8Array;
  readonly readOnly?: Uint8Array;
}

const paddedPassword = (key: Uint8Array): Uint8Array => {
  const out = new Uint8Array(passwordLength);
  out.set(key.subarray(0, passwordLength));
  return out;
};

/**
 * Says which of the keys a password is.
 *
 * @example
 * passwordCheck({ unique: Uint8Array.of(1) })(Uint8Array.of(1, ...new Uint8Array(19))) // "unique"
 */
export const passwordCheck = ({ unique, provisioning, readOnly }: OpticalKeys) => {
  const keys = [
    ["unique", unique],
    ["provisioning", provisioning],
    ["read-only", readOnly],
  ] as const;
  return (password: Uint8Array): OpticalLevel | undefined => {
    let found: OpticalLevel | undefined;
    for (const [level, key] of keys)
      if (key !== undefined && equalBytes(paddedPassword(key), password)) found ??= level;
    return found;
  };
};
