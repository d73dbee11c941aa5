/** A certificate that a face makes for itself, since no authority signs for a device at home. */
import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import { bitString, der, moment, objectId, octetString, positive, sequence, set, tagged, text } from "./der.ts";

/** In PEM. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is for. */
export interface CertificateSubject {
  readonly commonName: string;
  /** Names of the host: "kwhmeter-0a0b0c.local". */
  readonly hosts: readonly string[];
}

const day: Millis = 86_400_000;
/** Clients that trust this very certificate have to be told about the next one: seldom. */
const years = 10 * 365 * day;
/** A clock that is a little slow must not find it invalid. */
const before = day;
/** So long before its end it is replaced, at a start. */
const renewed = 30 * day;

const algorithm = sequence(objectId("1.2.840.10045.4.3.2"));

const pem = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;

/** Signed by its own key, ECDSA on P-256 with SHA-256: RFC 5280, section 4.1. */
export const makeOwnCertificate = (
  { commonName, hosts }: CertificateSubject,
  wall: Millis,
  entropy: Entropy,
): OwnCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(objectId("2.5.4.3"), text(commonName))));
  const alternative = sequence(...hosts.map((host) => der(0x82, Buffer.from(host, "ascii"))));
  const content = sequence(
    tagged(0, positive(Uint8Array.of(2))),
    // Without its highest bit, and never 0.
    positive(entropy(16).with(0, 0x40)),
    algorithm,
    name,
    sequence(moment(wall - before), moment(wall + years)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(sequence(objectId("2.5.29.17"), octetString(alternative)))),
  );
  const signed = sequence(content, algorithm, bitString(sign("sha256", content, privateKey)));
  return {
    cert: pem("CERTIFICATE", signed),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};

/** Whether it is for this subject, and valid for some time yet. */
export const isStillGood = (cert: string, { commonName, hosts }: CertificateSubject, wall: Millis): boolean => {
  try {
    const { subject, subjectAltName, validFrom, validTo } = new X509Certificate(cert);
    return (
      subject === `CN=${commonName}` &&
      (subjectAltName ?? "") === hosts.map((host) => `DNS:${host}`).join(", ") &&
      Date.parse(validFrom) <= wall &&
      Date.parse(validTo) > wall + renewed
    );
  } catch {
    return false;
  }
};
