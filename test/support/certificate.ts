/** A self-signed certificate for a server in a test. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  /** Files in PEM. */
  readonly files: { readonly key: string; readonly cert: string };
  readonly key: string;
  readonly cert: string;
  /** As `?fingerprint=` takes it. */
  readonly fingerprint: string;
}

/** @param names what it is for beside the name "bridge", as in "IP:127.0.0.1" */
export const makeCertificate = (folder: string, openssl: string, names?: string): Certificate => {
  const files = { key: join(folder, "key"), cert: join(folder, "cert") };
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  if (names !== undefined) args.push("-addext", `subjectAltName=${names}`);
  const made = spawnSync(openssl, [...args, "-subj", "/CN=bridge", "-keyout", files.key, "-out", files.cert]);
  assert.equal(made.status, 0, String(made.stderr));
  const cert = readFileSync(files.cert, "utf8");
  const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { files, key: readFileSync(files.key, "utf8"), cert, fingerprint };
};
