/** Tokens and session identifiers: 256 random bits, of which only a hash is kept. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Entropy } from "@meterport/protocol/ports";

const bytes = 32;
/** 32 bytes in base64url. */
const body = /^[A-Za-z0-9_-]{43}$/;

/** Tells a token from any other text, for people and for scanners of published secrets. */
const tokenPrefix = "mp_";

export const newSecret = (entropy: Entropy): string => Buffer.from(entropy(bytes)).toString("base64url");
export const newToken = (entropy: Entropy): string => `${tokenPrefix}${newSecret(entropy)}`;

export const isSecret = (text: string): boolean => body.test(text);
export const isToken = (text: string): boolean =>
  text.startsWith(tokenPrefix) && isSecret(text.slice(tokenPrefix.length));

/** SHA-256 in hex. 256 random bits cannot be guessed from it, so it needs neither salt nor a slow function. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Compares in a time that does not depend on where two texts differ. */
export const sameText = (one: string, other: string): boolean => {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};
