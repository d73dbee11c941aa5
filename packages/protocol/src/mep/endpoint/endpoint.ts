/**
 * The meter's side of a MEP link as a pure machine, the mirror of `Link`: bytes and the time go in, bytes come out. What a
 * request means is the callback's business.
 */

import type { Millis } from "../../ports.ts";
import { encodeResponse, readResponseHeader } from "../frame/apdu.ts";
import { alertBytes, Deframer } from "../frame/frame.ts";
import { code } from "../frame/response-codes.ts";
import type { Level, Received, ServerSeal } from "../security/seal.ts";
import { defaultEndpointTiming, type EndpointTiming } from "./timing.ts";

/** How far ahead of the expected number a request may be (MEP guide 1.1, p. 17). */
const sequenceWindow = 8;

/** Responses that may wait to be sent; a client that asks faster is not heard. */
const pendingResponses = 4;

/** What the meter knows of a request beside its bytes. */
export interface Access {
  readonly level: Level;
  readonly encrypted: boolean;
  /** Most data bytes that fit into the response; more is answered with 0x04. */
  readonly readLimit: number;
}

/** Executes a request (from its code on) and gives the response (from its code on). */
export type Serve = (apdu: Uint8Array, access: Access) => Uint8Array;

/** What an endpoint takes. */
export type EndpointInput =
  | { readonly type: "received"; readonly bytes: Uint8Array }
  /** Whether there is something to alert the client of. */
  | { readonly type: "alerting"; readonly on: boolean }
  | { readonly type: "tick" };

/** What an endpoint gives. */
export type EndpointOutput =
  | { readonly type: "transmit"; readonly bytes: Uint8Array }
  /** A request was executed: for logs, and for the meter's watch over its client. */
  | { readonly type: "served"; readonly apdu: Uint8Array; readonly response: Uint8Array; readonly access: Access }
  /** A frame came that was not executed. */
  | { readonly type: "rejected"; readonly reason: "not-authentic" | "sequence" | "overrun" };

/** What an endpoint is made of. */
export interface EndpointOptions {
  readonly seal: ServerSeal;
  readonly serve: Serve;
  /** The number that the next request should carry. */
  readonly sequence: number;
  readonly timing?: Partial<EndpointTiming> | undefined;
}

interface Departure {
  readonly at: Millis;
  readonly bytes: Uint8Array;
  /** Last segment of its response. */
  readonly last: boolean;
}

/** One MEP port of one meter. */
export class Endpoint {
  readonly #seal: ServerSeal;
  readonly #serve: Serve;
  readonly #timing: EndpointTiming;
  readonly #deframer = new Deframer();
  readonly #departures: Departure[] = [];
  #expected: number;
  #responses = 0;
  #lastByteAt: Millis = Number.NEGATIVE_INFINITY;
  /** When the last response began, or will. */
  #lastResponseAt: Millis | undefined;
  /** When the line is free again after the last segment. */
  #freeAt: Millis = Number.NEGATIVE_INFINITY;
  #alerting = false;
  #alertAt: Millis | undefined;

  constructor(options: EndpointOptions) {
    this.#seal = options.seal;
    this.#serve = options.serve;
    this.#expected = options.sequence >>> 0;
    this.#timing = { ...defaultEndpointTiming, ...options.timing };
  }

  /** The sequence number that the next request should carry. */
  get expectedSequence(): number {
    return this.#expected;
  }

  /** Moves the expected number on, by 25 where the meter's dimensions changed (MEP guide 1.1, p. 61). */
  bumpSequence(by: number = 25): void {
    this.#expected = (this.#expected + by) >>> 0;
  }

  /** When a tick is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    const departure = this.#departures[0];
    if (departure !== undefined) return departure.at;
    return this.#alerting ? Math.max(this.#alertAt ?? Number.NEGATIVE_INFINITY, this.#freeAt) : undefined;
  }

  /** Takes one input at time `now` (never running backwards) and returns what is to be done. Throws only what `serve` throws. */
  handle(input: EndpointInput, now: Millis): EndpointOutput[] {
    const out: EndpointOutput[] = [];
    if (input.type === "received") this.#receive(input.bytes, now, out);
    else if (input.type === "alerting") this.#alerting = input.on;
    this.#depart(now, out);
    return out;
  }

  #receive(bytes: Uint8Array, now: Millis, out: EndpointOutput[]): void {
    const idle = now - this.#lastByteAt;
    if (this.#deframer.pending > 0 && idle > this.#timing.interByteTimeout) this.#deframer.reset();
    if (bytes.length > 0) this.#lastByteAt = now;
    for (const event of this.#deframer.push(bytes)) if (event.type === "frame") this.#frame(event.body, now, out);
  }

  #frame(body: Uint8Array, now: Millis, out: EndpointOutput[]): void {
    this.#alertAt = Math.max(this.#alertAt ?? Number.NEGATIVE_INFINITY, now + this.#timing.alertHoldOff);
    if (this.#responses >= pendingResponses) {
      out.push({ type: "rejected", reason: "overrun" });
      return;
    }
    const received = this.#seal.open(body);
    if (received.type === "request") this.#request(received, now, out);
    else {
      if (received.reason === "not-authentic") out.push({ type: "rejected", reason: "not-authentic" });
      this.#respond(received.frame, now);
    }
  }

  #request(request: Received & { type: "request" }, now: Millis, out: EndpointOutput[]): void {
    const { apdu, level, encrypted, sequence } = request;
    if (sequence !== undefined) {
      if ((sequence - this.#expected) >>> 0 > sequenceWindow) {
        out.push({ type: "rejected", reason: "sequence" });
        this.#respond(request.reply(encodeResponse({ kind: "sequence", sequence: this.#expected })), now);
        return;
      }
      this.#expected = (sequence + 1) >>> 0;
    }
    const access: Access = { level, encrypted, readLimit: request.readLimit ?? this.#seal.readLimit };
    const served = this.#serve(apdu, access);
    const response =
      served.length > access.readLimit + readResponseHeader ? Uint8Array.of(code.operationNotPossible) : served;
    out.push({ type: "served", apdu, response, access });
    this.#respond(request.reply(response), now);
  }

  /** Plans the segments of a response after whatever is still to be sent. */
  #respond(frame: Uint8Array, now: Millis): void {
    const { requestSpacing, responseDelay, segment, segmentPause, byteTime } = this.#timing;
    const throttled = this.#lastResponseAt === undefined ? now : this.#lastResponseAt + requestSpacing;
    let at = Math.max(now + responseDelay, throttled, this.#freeAt);
    this.#lastResponseAt = at;
    this.#responses++;
    for (let start = 0; start < frame.length; start += segment) {
      const bytes = frame.subarray(start, start + segment);
      const last = start + segment >= frame.length;
      this.#departures.push({ at, bytes, last });
      at += bytes.length * byteTime + (last ? 0 : segmentPause);
    }
    this.#freeAt = at;
  }

  #depart(now: Millis, out: EndpointOutput[]): void {
    for (;;) {
      const next = this.#departures[0];
      if (next === undefined || next.at > now) break;
      this.#departures.shift();
      if (next.last) this.#responses--;
      out.push({ type: "transmit", bytes: next.bytes });
    }
    if (!this.#alerting || this.#departures.length > 0 || now < Math.max(this.#alertAt ?? now, this.#freeAt)) return;
    this.#alertAt = now + this.#timing.alertPeriod;
    out.push({ type: "transmit", bytes: alertBytes() });
  }
}
