/** Signs of another client on the same line. Two programs on one meter take each other's numbers and hear each other's replies. */

import { decodeRequest } from "../frame/apdu.ts";
import { code } from "../frame/response-codes.ts";

/** What gave the other one away. */
export type OtherClientSign =
  /** A request that we did not send: the bridge lets us hear the other's. */
  | "request"
  /** A reply to something that we did not ask. */
  | "reply"
  /** The meter has counted on: sequence numbers were used that are not ours. */
  | "numbers";

const sequenceBytes = 4;
const digestBytes = 8;
/** Code and count in front of the data of a read response. */
const header = 3;
/** 0x0C with its number and digest. */
const resyncBytes = 1 + sequenceBytes + digestBytes;

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Bytes of data that a body announces and has, as a reply to a read does; undefined for anything else. */
const replyCount = (body: Uint8Array): number | undefined => {
  const count = body.length - header - digestBytes;
  return count > 0 && body[0] === code.ok && u16(body, 1) === count ? count : undefined;
};

/** Whether a body has the form of a request with sequence number and digest, to the byte. */
const isRequest = (body: Uint8Array): boolean => {
  const apdu = body.subarray(0, Math.max(0, body.length - sequenceBytes - digestBytes));
  const request = decodeRequest(apdu);
  if (request.kind === "malformed") return false;
  const partial = request.kind === "read-at" || request.kind === "write-at" ? 3 : 0;
  const fixed = 3 + partial;
  if ("data" in request) return apdu.length === fixed + 2 + request.data.length;
  return apdu.length === fixed || (apdu.length === fixed + 2 && request.count !== undefined && request.count > 0);
};

/**
 * What a frame that is not an answer to us says about another client; undefined where noise explains it as well. `asked` is the
 * request that waits, from its code on.
 *
 * @example
 * import { fromHex } from "@meterport/protocol/bytes"
 * foreignFrame(fromHex("300001000a00000001ffffffffffffffff"), undefined) // "request"
 */
export const foreignFrame = (body: Uint8Array, asked: Uint8Array | undefined): "request" | "reply" | undefined => {
  if (isRequest(body)) return "request";
  const count = replyCount(body);
  if (asked === undefined) {
    const isResync = body.length === resyncBytes && body[0] === code.wrongSequence;
    return count !== undefined || isResync ? "reply" : undefined;
  }
  // As long as what we asked for, it may be our answer with a bit turned over.
  const wanted = decodeRequest(asked);
  const ours = wanted.kind === "read" || wanted.kind === "read-at" ? wanted.count : undefined;
  return count !== undefined && count !== ours ? "reply" : undefined;
};
