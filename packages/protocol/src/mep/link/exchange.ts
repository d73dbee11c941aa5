/** What goes into the link, what comes out, and the state of one request. */

import type { LinkFailure } from "../../errors.ts";
import type { Millis } from "../../ports.ts";
import { decodeRequest, readResponseHeader, requestCode } from "../frame/apdu.ts";
import type { Sealed } from "../security/seal.ts";
import { Evidence } from "./evidence.ts";
import type { OtherClientSign } from "./other-client.ts";

/**
 * How a lost answer is asked for again. The guide says both (MEP guide 1.1, pp. 17 and 27).
 * `next-sequence` seals it again with the next number: always answered, but executed twice where only the answer was lost.
 * `same-packet` repeats the bytes: the meter executes them at most once, and says 0x0C where the answer was lost.
 */
export type RetryPolicy = "same-packet" | "next-sequence";

/** One request. Its id is the caller's and comes back with the outcome; two at a time must not share one. */
export interface LinkRequest {
  readonly type: "request";
  readonly id: number;
  /** From the request code on, without sequence number and digest. */
  readonly apdu: Uint8Array;
  /** By default `next-sequence` for reads and `same-packet` for anything else. */
  readonly retry?: RetryPolicy | undefined;
  /** Whether doing it twice does no harm; by default true for reads only. Decides what follows when the answer is known to be lost. */
  readonly idempotent?: boolean | undefined;
  /** Whether its offsets stand on the meter's dimensions, so that it must not be executed after they changed; false by default. */
  readonly laidOut?: boolean | undefined;
  /** Higher goes first; 0 by default. */
  readonly priority?: number | undefined;
  /** How often it is tried; as in the timing if omitted. */
  readonly attempts?: number | undefined;
}

/** What a link takes. */
export type LinkInput =
  | LinkRequest
  /** Ends a request with `aborted`; one that is unknown or over is ignored. */
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "received"; readonly bytes: Uint8Array }
  | { readonly type: "tick" };

/** Why received bytes were thrown away. */
export type DiscardReason =
  /** Authentic, but answers an earlier request or attempt, or was left over when a request was sent. */
  | "stale"
  | "bad-digest"
  /** Authentic, but not what such a request is answered with. */
  | "malformed"
  | "refused"
  /** The meter says that there is no TLS session. */
  | "session-lost"
  | "bad-resync"
  | "echo"
  /** No request waits. */
  | "unsolicited"
  /** A frame that stopped before its end. */
  | "incomplete"
  | "garbage";

/** What a link gives. Each request ends with exactly one `response` or `failed`. */
export type LinkOutput =
  | { readonly type: "transmit"; readonly bytes: Uint8Array }
  /** Authentic. `attempts` counts transmissions. */
  | { readonly type: "response"; readonly id: number; readonly apdu: Uint8Array; readonly attempts: number }
  /** `detail` is a sentence to be put after the request's name. */
  | {
      readonly type: "failed";
      readonly id: number;
      readonly failure: LinkFailure;
      readonly attempts: number;
      readonly detail: string;
    }
  | { readonly type: "alert" }
  /**
   * An authentic 0x0C: the number of the meter was adopted. `jumped` tells whether it may have jumped since our last
   * exchange, as it does when the meter's dimensions change (p. 61); a few requests of another client move it less far.
   */
  | { readonly type: "resync"; readonly sequence: number; readonly jumped: boolean }
  /** A sign of another client on this line; `certain` where neither noise nor a lost reply explains it. */
  | { readonly type: "other-client"; readonly sign: OtherClientSign; readonly certain: boolean }
  /** `length` bytes, of which `bytes` are the first. */
  | { readonly type: "discarded"; readonly bytes: Uint8Array; readonly length: number; readonly reason: DiscardReason };

/** A code alone, or 0x0C with its number. */
const shortAnswers: readonly number[] = [1, 5];

/** Whether an answer of this length can be to this request; a table that is shorter than what was asked for is left out. */
const answerFits = (apdu: Uint8Array, length: number): boolean => {
  if (shortAnswers.includes(length)) return true;
  const request = decodeRequest(apdu);
  const reads = request.kind === "read" || request.kind === "read-at";
  return reads && length === readResponseHeader + (request.count ?? 0);
};

export const movedDetail = "the meter's dimensions may have changed since it was laid out, so it was not executed";
/** The end of a request that still waited when they did. */
export const movedUnsent = (id: number): LinkOutput => ({
  type: "failed",
  id,
  failure: "moved",
  attempts: 0,
  detail: movedDetail,
});

/** A request on its way. */
export class Exchange {
  readonly id: number;
  readonly apdu: Uint8Array;
  readonly reads: boolean;
  readonly retry: RetryPolicy;
  readonly idempotent: boolean;
  readonly laidOut: boolean;
  readonly priority: number;
  /** Most attempts; undefined as the timing has it. */
  readonly mostAttempts: number | undefined;
  readonly evidence = new Evidence();
  /** The newest packet; undefined before the first transmission. */
  sealed: Sealed | undefined;
  /** Whether it is a step of a handshake that the request has to wait for. */
  preparing = false;
  /** Whether the next transmission is to be sealed again whatever the policy, because an authentic 0x0C refused the last. */
  reseal = false;
  /** Transmissions of `sealed`. */
  repeats = 0;
  /** Attempts that count; one that ends with an authentic 0x0C does not. */
  attempts = 0;
  transmissions = 0;
  resyncs = 0;
  /** True between an attempt that is over and the next transmission. */
  pausing = true;
  /** When its answer can begin at the latest that a meter answers at once. */
  answerFrom: Millis = 0;
  /** When an attempt without any byte is over. */
  deadline: Millis = 0;
  /** When it is over although bytes keep coming. */
  lastDeadline: Millis = 0;

  /** Whether a frame with a body of this length can be the answer to `sealed`, damaged: then nothing better follows it. */
  fitsAnswer(length: number): boolean {
    const overhead = this.sealed?.answerOverhead;
    return overhead !== undefined && !this.preparing && answerFits(this.apdu, length - overhead);
  }

  constructor(request: LinkRequest) {
    const code = request.apdu[0];
    this.id = request.id;
    this.apdu = request.apdu;
    this.reads = code === requestCode.read || code === requestCode.readAt;
    this.retry = request.retry ?? (this.reads ? "next-sequence" : "same-packet");
    this.idempotent = request.idempotent ?? this.reads;
    this.laidOut = request.laidOut ?? false;
    this.priority = request.priority ?? 0;
    this.mostAttempts = request.attempts;
  }
}
