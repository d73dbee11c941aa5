/** The meter's side of RC4 authentication and encryption: finds out by trial which key a request was made with (MEP guide 1.1, pp. 17, 19). */

import { frameOf } from "../../frame/frame.ts";
import { code } from "../../frame/response-codes.ts";
import { DigestKey, digestLength } from "../digest.ts";
import type { Level, Received, ServerSeal } from "../seal.ts";
import { rc4ReadLimit, signResponse, verifyRequest } from "./authentication.ts";
import { encryptKeyOf, packetKeyOf } from "./encryption.ts";
import { Rc4 } from "./rc4.ts";

/** The keys of a meter. */
export interface Rc4Keys {
  /** MAK; 16 bytes count. */
  readonly advanced: Uint8Array;
  /** MBK; 16 bytes count. */
  readonly basic: Uint8Array;
}

interface Access {
  readonly level: Level;
  readonly key: DigestKey;
  readonly encryptKey: Uint8Array;
}

const accessOf = (level: Level, key: Uint8Array): Access => ({
  level,
  key: new DigestKey(key),
  encryptKey: encryptKeyOf(key),
});

const openPlain = ({ level, key }: Access, body: Uint8Array): Received | undefined => {
  const request = verifyRequest(key, body);
  if (request === undefined) return undefined;
  const { apdu, sequence, digest } = request;
  return {
    type: "request",
    apdu,
    level,
    sequence,
    encrypted: false,
    reply: (response) => signResponse(key, digest, response),
  };
};

const openEncrypted = ({ level, key, encryptKey }: Access, body: Uint8Array): Received | undefined => {
  const end = body.length - digestLength;
  if (end < 1) return undefined;
  const plain = body.slice();
  const stream = new Rc4(packetKeyOf(encryptKey, body, end));
  stream.apply(plain, 0, end);
  const request = verifyRequest(key, plain);
  if (request === undefined) return undefined;
  const { apdu, sequence, digest } = request;
  const reply = (response: Uint8Array): Uint8Array => {
    const frame = signResponse(key, digest, response);
    stream.fork().apply(frame, 2, frame.length - digestLength);
    return frame;
  };
  return { type: "request", apdu, level, sequence, encrypted: true, reply };
};

/**
 * Where no key fits, the response 0x0B carries eight zero bytes: the guide gives every response a digest but has no key for
 * this one, and a digest under a real key of a message that anybody may choose would help to find the key.
 */
const refusal = frameOf(Uint8Array.of(code.notAuthentic, ...new Uint8Array(digestLength)));

/**
 * Opens what either key made, in the clear or encrypted: up to four trials, the MAK before the MBK.
 *
 * @throws RangeError for a key of fewer than 16 bytes.
 * @example
 * rc4Opener({ advanced: new Uint8Array(16), basic: new Uint8Array(16) }).open(Uint8Array.of(1)).type // "direct"
 */
export const rc4Opener = (keys: Rc4Keys): ServerSeal => {
  const advanced = accessOf("advanced", keys.advanced);
  const basic = accessOf("basic", keys.basic);
  return {
    readLimit: rc4ReadLimit,
    open: (body) =>
      openPlain(advanced, body) ??
      openPlain(basic, body) ??
      openEncrypted(advanced, body) ??
      openEncrypted(basic, body) ?? { type: "direct", frame: refusal.slice(), reason: "not-authentic" },
  };
};
