/** The certificate and key of the page. What is wrong with them ends the start: it never falls back to plain HTTP. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { UsageError } from "@meterport/protocol/errors";

export interface TlsFiles {
  /** Files in PEM: the certificate with those that it depends on, and its private key. */
  readonly cert: string;
  readonly key: string;
}

export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: "TLSv1.2";
  /** A sentence about a certificate that browsers will not trust; undefined if there is nothing to say. */
  readonly doubt: string | undefined;
}

const wrong = (what: string, cause?: unknown): UsageError => new UsageError("tls", what, { cause });

const read = (name: "http.tls.cert" | "http.tls.key", path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    const what = reason === "ENOENT" ? "no such file" : `cannot be read (${reason})`;
    throw wrong(
      `${name}: ${path}: ${what}; without it the gateway does not start, because it would answer in the clear`,
      cause,
    );
  }
};

const certificateIn = (path: string, text: string): X509Certificate => {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw wrong(`http.tls.cert: ${path}: not a certificate in PEM (-----BEGIN CERTIFICATE-----)`, cause);
  }
};

const doubtAbout = (path: string, { validFrom, validTo }: X509Certificate, wall: number): string | undefined => {
  if (Date.parse(validTo) < wall) return `http.tls.cert: ${path}: expired on ${validTo}; browsers will not trust it`;
  if (Date.parse(validFrom) > wall) return `http.tls.cert: ${path}: not valid before ${validFrom}`;
  return undefined;
};

/** @throws UsageError with a sentence for a file that cannot be used */
export const readTls = ({ cert, key }: TlsFiles, wall: number): TlsMaterial => {
  const [certText, keyText] = [read("http.tls.cert", cert), read("http.tls.key", key)];
  const certificate = certificateIn(cert, certText);
  const material = { cert: certText, key: keyText, minVersion: "TLSv1.2" } as const;
  try {
    createSecureContext(material);
  } catch (cause) {
    const isOther = cause instanceof Error && "code" in cause && String(cause.code).includes("KEY_VALUES_MISMATCH");
    throw wrong(
      isOther
        ? `http.tls.key: ${key}: this key does not belong to the certificate in ${cert}`
        : `http.tls: ${cert} and ${key} cannot be used: the key must be in PEM, without a passphrase, and of the certificate`,
      cause,
    );
  }
  return { ...material, doubt: doubtAbout(cert, certificate, wall) };
};
