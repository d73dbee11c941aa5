/** How requests are protected: a seal, and the access that its key should give. */
import { UsageError } from "@meterport/protocol/errors";
import type { Profile } from "@meterport/protocol/layout/index";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import { rc4Encryption } from "@meterport/protocol/mep/security/rc4/encryption";
import type { Level, Seal } from "@meterport/protocol/mep/security/seal";
import type { Entropy, Signal } from "@meterport/protocol/ports";
import type { MakeMachine } from "./link-machine.ts";
import type { Session } from "./session.ts";

/** How a port is addressed, and the access that this should give. */
export type Security = SealSecurity | MachineSecurity;

/** The optical port: its session is protected, not its messages. */
export interface MachineSecurity {
  readonly machine: MakeMachine;
  readonly level: undefined;
  readonly settle?: undefined;
}

/** The MEP port: each message is protected. */
export interface SealSecurity {
  readonly seal: Seal;
  /** The key's level, if its owner states it. The meter never reports it; it only refuses. */
  readonly level: Level | undefined;
  /**
   * Finds out from the meter what it requires, before any other request; returns the key's level as far as known.
   * `profile` is what the owner says the device is.
   */
  readonly settle?: (
    session: Session,
    signal: Signal | undefined,
    profile: Profile | undefined,
  ) => Promise<Level | undefined>;
}

export interface Rc4Security {
  /** MBK or MAK, 16 to 20 bytes of which the first 16 count (MEP guide 1.1, p. 19). */
  readonly key: Secret;
  readonly entropy: Entropy;
  readonly level?: Level | undefined;
  /** Also encrypts requests; the meter then encrypts its responses. */
  readonly encrypt?: boolean | undefined;
}

const longestKey = 20;

/** The bytes of a key. @throws UsageError (`key`) for anything but a `Secret`: programs without types may pass bytes or text */
export const revealed = (key: Secret): Uint8Array => {
  if (typeof (key as Partial<Secret> | null | undefined)?.reveal === "function") return key.reveal();
  throw new UsageError("key", "the key must be a Secret: give parseKey(text).secret, or new Secret(bytes)");
};

/** The bytes of an MBK or MAK. @throws UsageError (`key`) for another length, or anything but a `Secret` */
export const keyBytes = (key: Secret): Uint8Array => {
  const bytes = revealed(key);
  if (bytes.length < keyLength || bytes.length > longestKey)
    throw new UsageError("key", `a key has ${keyLength} to ${longestKey} bytes, this one has ${bytes.length}`);
  return bytes;
};

/**
 * RC4 authentication, with RC4 encryption on request: all that meters before firmware 4.0 support. The first sequence
 * number is random; the meter corrects it with one 0x0C.
 *
 * @throws UsageError for a key of another length
 */
export const rc4 = ({ key, entropy, level, encrypt }: Rc4Security): SealSecurity => {
  const bytes = keyBytes(key);
  let sequence = 0;
  for (const byte of entropy(4)) sequence = ((sequence << 8) | byte) >>> 0;
  const options = { key: bytes, sequence };
  return { seal: encrypt === true ? rc4Encryption(options) : rc4Authentication(options), level };
};
