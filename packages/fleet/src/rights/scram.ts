/** A password as PostgreSQL keeps it, so that the password itself is in no statement and no log of the server. RFC 5802, RFC 7677. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { Entropy } from "@meterport/protocol/ports";

const iterations = 4_096;
const saltLength = 16;

/** @param password ASCII, so that there is one way to write it as bytes */
export const scramVerifier = (password: string, entropy: Entropy): string => {
  const salt = Buffer.from(entropy(saltLength));
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyOf = (word: string): Buffer => createHmac("sha256", salted).update(word).digest();
  const stored = createHash("sha256").update(keyOf("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${keyOf("Server Key").toString("base64")}`;
};
