/** Secrets and keys of TLS 1.2 with a pre-shared key: RFC 5246 sections 5, 6.3, 7.4.9 and 8.1, RFC 4279, RFC 7627. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha384 } from "@noble/hashes/sha2.js";
import { concat } from "../../../bytes.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The suite's pseudo-random function: P_SHA384 (RFC 5246, section 5; RFC 5487). */
export const prf = (secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array => {
  const labelled = concat(ascii(label), seed);
  const out = new Uint8Array(length);
  let a = labelled;
  for (let done = 0; done < length; ) {
    a = hmac(sha384, secret, a);
    const block = hmac(sha384, secret, concat(a, labelled));
    out.set(block.subarray(0, length - done), done);
    done += block.length;
  }
  return out;
};

/** As many zeros as the key has bytes, and the key, each after its length (RFC 4279, section 2). */
export const premasterSecret = (key: Uint8Array): Uint8Array => {
  const out = new Uint8Array(4 + 2 * key.length);
  const length = [key.length >> 8, key.length & 0xff];
  out.set(length);
  out.set(length, 2 + key.length);
  out.set(key, 4 + key.length);
  return out;
};

const masterSecretLength = 48;

/** With `sessionHash`, the hash over all messages up to ClientKeyExchange, it is the extended one (RFC 7627). */
export const masterSecret = (
  premaster: Uint8Array,
  randoms: Randoms,
  sessionHash: Uint8Array | undefined,
): Uint8Array =>
  sessionHash === undefined
    ? prf(premaster, "master secret", concat(randoms.client, randoms.server), masterSecretLength)
    : prf(premaster, "extended master secret", sessionHash, masterSecretLength);

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** What one direction is encrypted with: a key of 32 bytes and the fixed 4 bytes of its nonces. */
export interface DirectionKey {
  readonly key: Uint8Array;
  readonly fixed: Uint8Array;
}
export interface SessionKeys {
  readonly client: DirectionKey;
  readonly server: DirectionKey;
}

const keyLength = 32;
const fixedLength = 4;

/** All 72 bytes of the key block (RFC 5246, section 6.3; AEAD suites have no MAC keys). */
export const keyBlock = (master: Uint8Array, { client, server }: Randoms): Uint8Array =>
  prf(master, "key expansion", concat(server, client), 2 * (keyLength + fixedLength));

export const sessionKeys = (master: Uint8Array, randoms: Randoms): SessionKeys => {
  const block = keyBlock(master, randoms);
  const fixedAt = 2 * keyLength;
  const keys = {
    client: { key: block.slice(0, keyLength), fixed: block.slice(fixedAt, fixedAt + fixedLength) },
    server: { key: block.slice(keyLength, fixedAt), fixed: block.slice(fixedAt + fixedLength) },
  };
  block.fill(0);
  return keys;
};

/** Overwrites keys that are not needed any more. What the engine has copied meanwhile is out of reach. */
export const forget = ({ key, fixed }: DirectionKey): void => {
  key.fill(0);
  fixed.fill(0);
};

const verifyLength = 12;

/** What a Finished message holds (RFC 5246, section 7.4.9). */
export const verifyData = (master: Uint8Array, from: "client" | "server", transcript: Uint8Array): Uint8Array =>
  prf(master, `${from} finished`, transcript, verifyLength);
