/** Sealed secrets: text for a configuration that only this machine can open. AES-256-GCM, with a key that is kept elsewhere. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy } from "@meterport/protocol/ports";

export const sealedPrefix = "sealed:";
/** The version of the form, which is authenticated with the rest. */
const head = `${sealedPrefix}1:`;
const nonceLength = 12;
const tagLength = 16;
export const sealingKeyLength = 32;
/** No key and no address of a database is longer. */
const longest = 4_096;

export const isSealed = (text: string): boolean =>
  text.startsWith(head) && text.length <= 2 * longest && /^[A-Za-z0-9_-]{38,}$/.test(text.slice(head.length));

/**
 * Seals a secret.
 *
 * @param bound what it belongs to: with other words it does not open, so nobody can move it to another place
 * @throws UsageError for a secret that is too long
 */
export const seal = (secret: string, key: Secret, entropy: Entropy, bound = ""): string => {
  const plain = new TextEncoder().encode(secret);
  if (plain.length > longest)
    throw new UsageError(
      "seal",
      `the secret has ${plain.length} bytes; the limit is ${longest}, because no key is longer`,
    );
  const nonce = entropy(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key.reveal(), nonce).setAAD(Buffer.from(head + bound));
  const body = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return head + body.toString("base64url");
};

/**
 * Opens what `seal` made with the same words.
 *
 * @throws UsageError if it was changed, or sealed with another key
 */
export const unseal = (sealed: string, key: Secret, bound = ""): string => {
  const body = Buffer.from(sealed.slice(head.length), "base64url");
  const nonce = body.subarray(0, nonceLength);
  const tag = body.subarray(body.length - tagLength);
  try {
    const cipher = createDecipheriv("aes-256-gcm", key.reveal(), nonce, { authTagLength: tagLength })
      .setAAD(Buffer.from(head + bound))
      .setAuthTag(tag);
    const plain = Buffer.concat([cipher.update(body.subarray(nonceLength, body.length - tagLength)), cipher.final()]);
    return plain.toString("utf8");
  } catch {
    throw new UsageError(
      "seal",
      "cannot be opened: it was sealed with another key or has been changed; seal the secret again with `meterport config seal`",
    );
  }
};
