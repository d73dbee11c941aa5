/** RC4 encryption of what stands before the digest; length and digest stay in the clear (MEP guide 1.1, pp. 262-263). */

import { lengthField } from "../../frame/frame.ts";
import { Digest, DigestKey, digestLength, keyLength } from "../digest.ts";
import type { Opened, Seal, Sealed } from "../seal.ts";
import {
  openResponse,
  type Rc4Options,
  rc4ReadLimit,
  rc4WriteLimit,
  SequenceCounter,
  sequenceIn,
  signRequest,
  unverified,
} from "./authentication.ts";
import { Rc4 } from "./rc4.ts";

/** The same in every meter (MEP guide 1.1, p. 263). */
const constantKey = Uint8Array.of(
  ...[0x38, 0x8b, 0x8f, 0xbc, 0x36, 0xa8, 0x55, 0x85, 0x87, 0xaf, 0xc9, 0x0f, 0xb2, 0x3a, 0x3b, 0x99],
);

/** The 16-byte key that every packet key is made of: the constant key, encrypted with the access key. */
export const encryptKeyOf = (key: Uint8Array): Uint8Array => {
  const out = constantKey.slice();
  new Rc4(key.subarray(0, keyLength)).apply(out);
  return out;
};

/** The 16-byte key of one exchange: the request's digest (8 bytes of `bytes` at `at`) over the first half of the encrypt key. */
export const packetKeyOf = (encryptKey: Uint8Array, bytes: Uint8Array, at: number): Uint8Array => {
  const out = encryptKey.slice();
  for (let i = 0; i < digestLength; i++) out[i] = (out[i] as number) ^ (bytes[at + i] as number);
  return out;
};

/** Encrypts or decrypts a request frame in place. The stream that it gives follows the request. */
const cross = (encryptKey: Uint8Array, packet: Uint8Array): Rc4 => {
  const end = packet.length - digestLength;
  const stream = new Rc4(packetKeyOf(encryptKey, packet, end));
  stream.apply(packet, lengthField, end);
  return stream;
};

/** Keeps neither stream nor digest of the request: doing both again takes a few microseconds. */
class Encrypted implements Sealed {
  readonly packet: Uint8Array;
  readonly sequence: number;
  readonly #key: DigestKey;
  readonly #encryptKey: Uint8Array;

  constructor(key: DigestKey, encryptKey: Uint8Array, packet: Uint8Array, sequence: number) {
    this.packet = packet;
    this.sequence = sequence;
    this.#key = key;
    this.#encryptKey = encryptKey;
  }

  get answerOverhead(): number {
    return digestLength;
  }

  open(body: Uint8Array): Opened {
    const request = this.packet.slice();
    // The response goes on where the request ends, in the key stream as in the digest.
    const stream = cross(this.#encryptKey, request);
    const digest = new Digest(this.#key).update(request, lengthField, request.length - digestLength);
    const plain = body.slice();
    stream.apply(plain, 0, Math.max(0, body.length - digestLength));
    const opened = openResponse(this.#key, digest, plain);
    if (opened.type === "apdu" || opened.type === "resync") return opened;
    // 0x0B is never encrypted (p. 262); its decryption would be a random byte, and so may a random byte decrypt to 0x0B.
    if (unverified(body).type === "refused") return { type: "refused" };
    return opened.type === "refused" ? { type: "forged" } : opened;
  }
}

/**
 * Requests with a digest, encrypted. No meter setting is needed: it finds out by trial and answers likewise (MEP guide 1.1, p. 17).
 *
 * @throws RangeError for a key of fewer than 16 bytes.
 * @example
 * rc4Encryption({ key: new Uint8Array(16).fill(1), sequence: 1 }).name // "rc4 encryption"
 */
export const rc4Encryption = (options: Rc4Options): Seal => {
  const key = new DigestKey(options.key);
  const encryptKey = encryptKeyOf(options.key);
  const counter = new SequenceCounter(options.sequence);
  return {
    name: "rc4 encryption",
    readLimit: rc4ReadLimit,
    writeLimit: rc4WriteLimit,
    seal: (apdu) => {
      const sequence = counter.take();
      const { packet } = signRequest(key, apdu, sequence);
      cross(encryptKey, packet);
      return new Encrypted(key, encryptKey, packet, sequence);
    },
    again: (packet) => {
      const plain = packet.slice();
      cross(encryptKey, plain);
      return new Encrypted(key, encryptKey, packet, sequenceIn(plain));
    },
    resync: (sequence) => counter.adopt(sequence),
  };
};
