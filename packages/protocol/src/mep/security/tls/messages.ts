/** Handshake messages as bytes: RFC 5246 section 7.4, RFC 4279 section 2. */
import { concat } from "../../../bytes.ts";
import { extension, handshakeType, renegotiationSignal, suite, version } from "./codes.ts";
import { Fatal, violation } from "./fatal.ts";

/** Longest message that is believed; a ClientHello with every extension of a browser is a quarter of it. */
export const messageLimit = 8192;
/** Type and length in front of a message's body. */
export const messageHeader = 4;
export const randomLength = 32;
/** Longest identity and hint; those of meters have 3 bytes. */
export const identityLimit = 128;

const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
const behindLength16 = (bytes: Uint8Array): Uint8Array => concat(u16(bytes.length), bytes);
const behindLength8 = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(bytes.length), bytes);

const message = (type: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = concat(...parts);
  return concat(Uint8Array.of(type, 0), u16(body.length), body);
};

/** Extensions that either side may send, each empty or fixed. */
export interface Extensions {
  readonly extendedMasterSecret: boolean;
  readonly renegotiationInfo: boolean;
}

const extensionsOf = ({ extendedMasterSecret, renegotiationInfo }: Extensions): Uint8Array => {
  const list = concat(
    // Nothing was negotiated before: an empty renegotiated_connection, after its length of one byte (RFC 5746).
    ...(renegotiationInfo ? [u16(extension.renegotiationInfo), behindLength16(Uint8Array.of(0))] : []),
    ...(extendedMasterSecret ? [u16(extension.extendedMasterSecret), behindLength16(new Uint8Array(0))] : []),
  );
  return list.length === 0 ? list : behindLength16(list);
};

export const clientHello = (random: Uint8Array, extendedMasterSecret: boolean): Uint8Array =>
  message(
    handshakeType.clientHello,
    u16(version),
    random,
    Uint8Array.of(0),
    behindLength16(concat(u16(suite), u16(renegotiationSignal))),
    Uint8Array.of(1, 0),
    extensionsOf({ extendedMasterSecret, renegotiationInfo: false }),
  );

export const serverHello = (random: Uint8Array, sessionId: Uint8Array, extensions: Extensions): Uint8Array =>
  message(
    handshakeType.serverHello,
    u16(version),
    random,
    behindLength8(sessionId),
    u16(suite),
    Uint8Array.of(0),
    extensionsOf(extensions),
  );

export const serverKeyExchange = (hint: Uint8Array): Uint8Array =>
  message(handshakeType.serverKeyExchange, behindLength16(hint));
export const serverHelloDone = (): Uint8Array => message(handshakeType.serverHelloDone);
export const clientKeyExchange = (identity: Uint8Array): Uint8Array =>
  message(handshakeType.clientKeyExchange, behindLength16(identity));
export const finished = (verify: Uint8Array): Uint8Array => message(handshakeType.finished, verify);

/** Reads a message's body and complains of what does not fit. */
class Body {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw violation("decode_error", `${this.#what} ends too early`);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, this.#at);
  }

  number(bytes: number): number {
    return this.take(bytes).reduce((value, byte) => value * 256 + byte, 0);
  }

  vector(lengthBytes: number): Uint8Array {
    return this.take(this.number(lengthBytes));
  }

  end(): void {
    if (this.left > 0) throw violation("decode_error", `${this.#what} has ${this.left} bytes too many`);
  }
}

/** Extensions by number. They may be absent altogether. */
const readExtensions = (body: Body, what: string): ReadonlyMap<number, Uint8Array> => {
  const found = new Map<number, Uint8Array>();
  if (body.left === 0) return found;
  const list = new Body(body.vector(2), what);
  body.end();
  while (list.left > 0) {
    const type = list.number(2);
    const value = list.vector(2);
    if (found.has(type)) throw violation("decode_error", `${what} has extension ${type} twice`);
    found.set(type, value);
  }
  return found;
};

const isEmptyRenegotiation = (value: Uint8Array): boolean => value.length === 1 && value[0] === 0;

/** An extension that is there, and empty as it has to be. */
const offersExtended = (extensions: ReadonlyMap<number, Uint8Array>, what: string): boolean => {
  const value = extensions.get(extension.extendedMasterSecret);
  if (value !== undefined && value.length > 0)
    throw violation("decode_error", `the extended master secret of ${what} is not empty`);
  return value !== undefined;
};

const checkRenegotiation = (extensions: ReadonlyMap<number, Uint8Array>, what: string): boolean => {
  const value = extensions.get(extension.renegotiationInfo);
  if (value !== undefined && !isEmptyRenegotiation(value))
    throw violation("handshake_failure", `${what} claims to renegotiate a session that does not exist`);
  return value !== undefined;
};

export interface ClientOffer extends Extensions {
  readonly random: Uint8Array;
}

/** @throws Fatal if it offers nothing that we speak */
export const readClientHello = (bytes: Uint8Array): ClientOffer => {
  const what = "ClientHello";
  const body = new Body(bytes, what);
  const highest = body.number(2);
  const random = body.take(randomLength);
  if (body.vector(1).length > 32) throw violation("decode_error", "the session id of ClientHello is too long");
  const suites = body.vector(2);
  const compressions = body.vector(1);
  const extensions = readExtensions(body, what);
  if (highest < version) throw violation("protocol_version", "the client does not speak TLS 1.2");
  if (suites.length === 0 || suites.length % 2 !== 0)
    throw violation("decode_error", "ClientHello has no list of suites");
  const offered = new Set(
    Array.from(
      { length: suites.length / 2 },
      (_, i) => ((suites[2 * i] as number) << 8) | (suites[2 * i + 1] as number),
    ),
  );
  if (!offered.has(suite))
    throw violation("handshake_failure", "the client does not offer TLS_PSK_WITH_AES_256_GCM_SHA384");
  if (!compressions.includes(0)) throw violation("illegal_parameter", "the client insists on compression");
  const extended = offersExtended(extensions, what);
  const renegotiation = checkRenegotiation(extensions, what) || offered.has(renegotiationSignal);
  return { random, extendedMasterSecret: extended, renegotiationInfo: renegotiation };
};

export interface ServerChoice {
  readonly random: Uint8Array;
  readonly extendedMasterSecret: boolean;
}

/** @throws Fatal for anything that was not offered */
export const readServerHello = (bytes: Uint8Array, offeredExtended: boolean): ServerChoice => {
  const what = "ServerHello";
  const body = new Body(bytes, what);
  const chosen = body.number(2);
  if (chosen !== version) throw violation("protocol_version", "the server does not speak TLS 1.2");
  const random = body.take(randomLength);
  // Sessions are never resumed, so what it calls this one does not matter.
  if (body.vector(1).length > 32) throw violation("decode_error", "the session id of ServerHello is too long");
  if (body.number(2) !== suite) throw violation("illegal_parameter", "the server chose a suite that was not offered");
  if (body.number(1) !== 0) throw violation("illegal_parameter", "the server chose a compression");
  const extensions = readExtensions(body, what);
  for (const type of extensions.keys())
    if (type !== extension.renegotiationInfo && !(type === extension.extendedMasterSecret && offeredExtended))
      throw violation("unsupported_extension", `the server answers extension ${type}, which was not offered`);
  checkRenegotiation(extensions, what);
  return { random, extendedMasterSecret: offersExtended(extensions, what) };
};

/** @throws Fatal */
export const readServerKeyExchange = (bytes: Uint8Array): Uint8Array => {
  const body = new Body(bytes, "ServerKeyExchange");
  const hint = body.vector(2);
  body.end();
  if (hint.length > identityLimit) throw violation("decode_error", `a hint of ${hint.length} bytes is too long`);
  return hint;
};

/** @throws Fatal */
export const readClientKeyExchange = (bytes: Uint8Array): Uint8Array => {
  const body = new Body(bytes, "ClientKeyExchange");
  const identity = body.vector(2);
  body.end();
  if (identity.length > identityLimit)
    throw new Fatal("decode_error", "unknown-identity", `an identity of ${identity.length} bytes is too long`);
  return identity;
};
