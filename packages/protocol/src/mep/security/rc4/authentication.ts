/** RC4 authentication: sequence number and digest after every request, a digest after every response (MEP guide 1.1, pp. 16-17). */

import { readResponseHeader, writeAtHeader } from "../../frame/apdu.ts";
import { lengthField, maxBody } from "../../frame/frame.ts";
import { code } from "../../frame/response-codes.ts";
import { Digest, DigestKey, digestLength } from "../digest.ts";
import type { Opened, Seal, Sealed } from "../seal.ts";

/** Bytes of a sequence number. */
export const sequenceLength = 4;

/** 465: what 476 bytes leave to the data of a read beside response code, count and digest. */
export const rc4ReadLimit: number = maxBody - readResponseHeader - digestLength;

/** 456: what 476 bytes leave to the data of a partial write beside header, sequence number and digest (MEP guide 1.1, p. 50). */
export const rc4WriteLimit: number = maxBody - writeAtHeader - sequenceLength - digestLength;

/** A request frame in the clear, and its digest's state, which the response's digest goes on from. */
export const signRequest = (
  key: DigestKey,
  apdu: Uint8Array,
  sequence: number,
): { packet: Uint8Array; digest: Digest } => {
  const signed = apdu.length + sequenceLength;
  const packet = new Uint8Array(lengthField + signed + digestLength);
  packet[0] = (signed + digestLength) >> 8;
  packet[1] = signed + digestLength;
  packet.set(apdu, lengthField);
  for (let i = 0, at = lengthField + apdu.length; i < sequenceLength; i++) packet[at + i] = sequence >>> (24 - 8 * i);
  const digest = new Digest(key).update(packet, lengthField, lengthField + signed);
  digest.writeTo(packet, lengthField + signed);
  return { packet, digest };
};

/** The sequence number of a request frame in the clear. */
export const sequenceIn = (packet: Uint8Array): number => {
  const end = packet.length - digestLength;
  let sequence = 0;
  for (let i = end - sequenceLength; i < end; i++) sequence = (sequence << 8) | (packet[i] as number);
  return sequence >>> 0;
};

/** The inverse: what a request body holds if its digest fits the key. */
export const verifyRequest = (
  key: DigestKey,
  body: Uint8Array,
): { apdu: Uint8Array; sequence: number; digest: Digest } | undefined => {
  const signed = body.length - digestLength;
  const end = signed - sequenceLength;
  if (end < 1) return undefined;
  const digest = new Digest(key).update(body, 0, signed);
  if (!digest.matches(body, signed)) return undefined;
  return { apdu: body.slice(0, end), sequence: sequenceIn(body), digest };
};

/** A response frame in the clear; `digest` is the state after the request. */
export const signResponse = (key: DigestKey, digest: Digest, apdu: Uint8Array): Uint8Array => {
  const length = apdu.length + digestLength;
  const packet = new Uint8Array(lengthField + length);
  packet[0] = length >> 8;
  packet[1] = length;
  packet.set(apdu, lengthField);
  digest
    .fork(key)
    .update(apdu)
    .writeTo(packet, lengthField + apdu.length);
  return packet;
};

/** What a response body in the clear is; `digest` is the state after the request. */
export const openResponse = (key: DigestKey, digest: Digest, body: Uint8Array): Opened => {
  const end = body.length - digestLength;
  if (end < 1 || !digest.fork(key).update(body, 0, end).matches(body, end)) return unverified(body);
  if (body[0] === code.notAuthentic) return { type: "refused" };
  if (body[0] !== code.wrongSequence) return { type: "apdu", apdu: body.subarray(0, end) };
  if (end !== 1 + sequenceLength) return { type: "forged" };
  let sequence = 0;
  for (let i = 1; i < end; i++) sequence = (sequence << 8) | (body[i] as number);
  return { type: "resync", sequence: sequence >>> 0 };
};

/** What can be said of a response whose digest does not fit, by its first byte and length; with or without digest bytes. */
export const unverified = (body: Uint8Array): Opened => {
  if (body[0] === code.notAuthentic && (body.length === 1 || body.length === 1 + digestLength))
    return { type: "refused" };
  // A port with a TLS session, or one that demands TLS, is in the wrong state for RC4 (MEP guide 1.1, p. 14).
  if (body[0] === code.invalidState && (body.length === 1 || body.length === 1 + digestLength))
    return { type: "refused", failure: "tls-required" };
  return { type: looksLikeResync(body) ? "bad-resync" : "forged" };
};

const looksLikeResync = (body: Uint8Array): boolean =>
  body[0] === code.wrongSequence && body.length === 1 + sequenceLength + digestLength;

/** What a client seal needs. */
export interface Rc4Options {
  /** The MBK or the MAK; the first 16 bytes count. */
  readonly key: Uint8Array;
  /** The first sequence number to use: a random 32-bit one, which costs one 0x0C. Never one that was used before. */
  readonly sequence: number;
}

/** Counts sequence numbers; after an authentic 0x0C the one after the meter's, as the guide's example does (p. 22). */
export class SequenceCounter {
  #next: number;

  constructor(first: number) {
    this.#next = first >>> 0;
  }

  take(): number {
    const taken = this.#next;
    this.#next = (taken + 1) >>> 0;
    return taken;
  }

  /** The text (p. 17) says to use the meter's number itself, the example the one after it; the window of 8 takes both, a repeat of a number never. */
  adopt(sequence: number): void {
    this.#next = (sequence + 1) >>> 0;
  }
}

/** Keeps no state of the digest: feeding the request again takes a microsecond. */
class Signed implements Sealed {
  readonly packet: Uint8Array;
  readonly #key: DigestKey;

  constructor(key: DigestKey, packet: Uint8Array) {
    this.packet = packet;
    this.#key = key;
  }

  get sequence(): number {
    return sequenceIn(this.packet);
  }

  get answerOverhead(): number {
    return digestLength;
  }

  open(body: Uint8Array): Opened {
    const { packet } = this;
    const digest = new Digest(this.#key).update(packet, lengthField, packet.length - digestLength);
    return openResponse(this.#key, digest, body);
  }
}

/**
 * Requests with a digest, in the clear.
 *
 * @throws RangeError for a key of fewer than 16 bytes.
 * @example
 * rc4Authentication({ key: new Uint8Array(16).fill(1), sequence: 0x77635b91 }).seal(Uint8Array.of(0x30, 0, 1, 0, 0)).packet.length // 19
 */
export const rc4Authentication = (options: Rc4Options): Seal => {
  const key = new DigestKey(options.key);
  const counter = new SequenceCounter(options.sequence);
  return {
    name: "rc4 authentication",
    readLimit: rc4ReadLimit,
    writeLimit: rc4WriteLimit,
    seal: (apdu) => new Signed(key, signRequest(key, apdu, counter.take()).packet),
    again: (packet) => new Signed(key, packet),
    resync: (sequence) => counter.adopt(sequence),
  };
};
