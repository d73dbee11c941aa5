/** Signatures of requests as the specification "Standard Webhooks" 1.0.0 describes them, for which there are libraries in many languages. */
import { createHmac } from "node:crypto";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";

const base64Prefix = "whsec_";

const keyOf = (secret: Secret): Buffer => {
  const bytes = Buffer.from(secret.reveal());
  const text = bytes.toString("utf8");
  return text.startsWith(base64Prefix) ? Buffer.from(text.slice(base64Prefix.length), "base64") : bytes;
};

export interface Signed {
  /** The same for the same message, so that a receiver can tell a message that comes twice. */
  readonly id: string;
  readonly time: Millis;
  readonly body: string;
}

/** The headers that tell who sent a body and when. */
export const signatureHeaders = (secret: Secret, { id, time, body }: Signed): Readonly<Record<string, string>> => {
  const seconds = String(Math.floor(time / 1000));
  const digest = createHmac("sha256", keyOf(secret)).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${digest}` };
};
