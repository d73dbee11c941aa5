/** Signs what is handed over: Ed25519, with a key from a file. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "@meterport/protocol/errors";

/** Gives the 64 bytes of the signature of a text. */
export type Signer = (bytes: Uint8Array) => Uint8Array;

/** More is no key. */
const largestKey = 10_000;

const keyIn = (path: string): KeyObject => {
  try {
    const pem = readFileSync(path);
    if (pem.length > largestKey) throw new Error("too long");
    return createPrivateKey(pem);
  } catch {
    // The cause is not passed on, because messages of OpenSSL can quote the file.
    throw new UsageError("key", `the signing key ${path} cannot be read: give a file with an Ed25519 key in PEM`);
  }
};

/**
 * Signs with the Ed25519 key of a PEM file (`openssl genpkey -algorithm ed25519`).
 *
 * @throws UsageError (`key`) if the file has no such key
 */
export const signerFrom = (path: string): Signer => {
  const key = keyIn(path);
  if (key.asymmetricKeyType !== "ed25519")
    throw new UsageError("key", `the signing key ${path} is of another kind: give an Ed25519 key`);
  return (bytes) => sign(null, bytes, key);
};
