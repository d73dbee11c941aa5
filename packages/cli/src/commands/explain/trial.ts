/** Removes the security of a captured exchange, as far as the given key fits. */
import { Digest, DigestKey, digestLength } from "@meterport/protocol/mep/security/digest";
import { sequenceLength, verifyRequest } from "@meterport/protocol/mep/security/rc4/authentication";
import { encryptKeyOf, packetKeyOf } from "@meterport/protocol/mep/security/rc4/encryption";
import { Rc4 } from "@meterport/protocol/mep/security/rc4/rc4";

/** What is known of a digest: `unchecked` without a key, or without all of its bytes. */
export type Verdict = "valid" | "invalid" | "unchecked";

export interface OpenRequest {
  /** The body in the clear. */
  readonly body: Uint8Array;
  readonly encrypted: boolean;
  readonly verdict: Verdict;
  /** Opens the body of the reply. */
  readonly openReply: (body: Uint8Array, whole: boolean) => OpenReply;
}
export interface OpenReply {
  readonly body: Uint8Array;
  readonly verdict: Verdict;
}

const unchecked = (body: Uint8Array): OpenReply => ({ body, verdict: "unchecked" });

const judge = (key: DigestKey, request: Digest, body: Uint8Array): OpenReply => {
  const end = body.length - digestLength;
  if (end < 1) return unchecked(body);
  return { body, verdict: request.fork(key).update(body, 0, end).matches(body, end) ? "valid" : "invalid" };
};

/** Tries the key on a request body, in the clear and encrypted. */
export const openRequest = (body: Uint8Array, key: Uint8Array | undefined): OpenRequest => {
  const end = body.length - digestLength;
  if (key === undefined || end < 1 + sequenceLength)
    return { body, encrypted: false, verdict: "unchecked", openReply: unchecked };
  const digestKey = new DigestKey(key);
  const plain = verifyRequest(digestKey, body);
  if (plain !== undefined)
    return {
      body,
      encrypted: false,
      verdict: "valid",
      openReply: (reply, whole) => (whole ? judge(digestKey, plain.digest, reply) : unchecked(reply)),
    };
  const decrypted = body.slice();
  const stream = new Rc4(packetKeyOf(encryptKeyOf(key), body, end));
  stream.apply(decrypted, 0, end);
  const opened = verifyRequest(digestKey, decrypted);
  if (opened !== undefined) {
    const openReply = (reply: Uint8Array, whole: boolean): OpenReply => {
      const clear = reply.slice();
      stream.fork().apply(clear, 0, whole ? Math.max(0, reply.length - digestLength) : reply.length);
      return whole ? judge(digestKey, opened.digest, clear) : unchecked(clear);
    };
    return { body: decrypted, encrypted: true, verdict: "valid", openReply };
  }
  const digest = new Digest(digestKey).update(body, 0, end);
  return {
    body,
    encrypted: false,
    verdict: "invalid",
    openReply: (reply, whole) => (whole ? judge(digestKey, digest, reply) : unchecked(reply)),
  };
};
