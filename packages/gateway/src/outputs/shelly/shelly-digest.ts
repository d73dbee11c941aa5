/** The login of a Shelly: digest with SHA-256 by RFC 7616 over HTTP, and the same in its frames. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { DecimalJson } from "./decimal-json.ts";

/** The only user of the device. */
const user = "admin";
/** How long a client may use what it was asked with, and how many are remembered. */
const nonceLasts: Millis = 3_600_000;
const mostNonces = 64;
/** Shelly's documentation fixes these for frames, which have neither method nor address. */
const frameMethod = "dummy_method";
const frameUri = "dummy_uri";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};

/** The parts of a response, RFC 7616 section 3.4.1. */
export interface DigestParts {
  readonly ha1: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly method: string;
  readonly uri: string;
}

export const digestResponse = ({ ha1, nonce, nc, cnonce, method, uri }: DigestParts): string =>
  sha256(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${sha256(`${method}:${uri}`)}`);

export const digestHa1 = (name: string, realm: string, password: string): string =>
  sha256(`${name}:${realm}:${password}`);

/** The fields of an Authorization header; undefined if it is none for digest. */
const fieldsIn = (header: string): ReadonlyMap<string, string> | undefined => {
  if (!/^digest /i.test(header) || header.length > 1_024) return undefined;
  const fields = header.slice(7).matchAll(/([a-z]+)=(?:"([^"]*)"|([^",\s]+))/gi);
  return new Map([...fields].map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]));
};

const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value).slice(0, 200) : "";

export class ShellyDigest {
  readonly #realm: string;
  readonly #ha1: string;
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  /** Since when, and how often a client has used it. */
  readonly #nonces = new Map<string, { readonly since: Millis; count: number }>();

  /** @param realm the id of the device */
  constructor(realm: string, password: string, clock: Clock, entropy: Entropy) {
    this.#realm = realm;
    this.#ha1 = digestHa1(user, realm, password);
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /** Whether a request over HTTP has the password. Each of its numbers counts once, so that a request heard cannot be sent again. */
  allowsHttp(method: string, uri: string, header: string | undefined): boolean {
    const fields = header === undefined ? undefined : fieldsIn(header);
    const of = (name: string): string => fields?.get(name) ?? "";
    if (fields === undefined || of("qop") !== "auth" || of("uri") !== uri || !/^[0-9a-f]{8}$/i.test(of("nc")))
      return false;
    const parts = { nonce: of("nonce"), nc: of("nc"), cnonce: of("cnonce"), method, uri };
    if (!this.#fits(parts, of("username"), of("realm"), of("response"))) return false;
    const known = this.#nonces.get(parts.nonce);
    const count = Number.parseInt(parts.nc, 16);
    if (known === undefined || count <= known.count) return false;
    known.count = count;
    return true;
  }

  /** Whether a frame has the password, in its `auth`. */
  allowsFrame(auth: unknown): boolean {
    if (typeof auth !== "object" || auth === null) return false;
    const { nonce, nc = 1, cnonce, username, realm, response } = auth as Readonly<Record<string, unknown>>;
    const parts = { nonce: textOf(nonce), nc: textOf(nc), cnonce: textOf(cnonce), method: frameMethod, uri: frameUri };
    return this.#fits(parts, textOf(username), textOf(realm), textOf(response));
  }

  /** The header that asks for the password. */
  challenge(): string {
    return `Digest qop="auth", realm="${this.#realm}", nonce="${this.#newNonce()}", algorithm=SHA-256`;
  }

  /** The error of a frame without it; its message is JSON, as the device has it. */
  refusal(): { readonly code: number; readonly message: string } {
    const said: DecimalJson = {
      ...{ auth_type: "digest", nonce: Number(this.#newNonce()), nc: 1, realm: this.#realm, algorithm: "SHA-256" },
    };
    return { code: 401, message: JSON.stringify(said) };
  }

  #fits(parts: Omit<DigestParts, "ha1">, name: string, realm: string, response: string): boolean {
    const known = this.#nonces.get(parts.nonce);
    if (known === undefined || this.#clock.now() - known.since > nonceLasts) return false;
    return name === user && realm === this.#realm && isSame(digestResponse({ ...parts, ha1: this.#ha1 }), response);
  }

  /** A number, since frames carry it as one. */
  #newNonce(): string {
    const nonce = String(Buffer.from(this.#entropy(6)).readUIntBE(0, 6));
    this.#nonces.set(nonce, { since: this.#clock.now(), count: 0 });
    for (const oldest of this.#nonces.keys()) {
      if (this.#nonces.size <= mostNonces) break;
      this.#nonces.delete(oldest);
    }
    return nonce;
  }
}
