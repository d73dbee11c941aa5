/** Where the parts of a hello lie, of any author: more may be there than our own ends send or accept. */
import { extension, handshakeType } from "./codes.ts";
import { messageHeader, randomLength } from "./messages.ts";

/** Bytes of a message. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface HelloPlaces {
  readonly random: Place;
  readonly sessionId: Place;
  /** All suites of a client's offer, or the one that a server chose; two bytes each. */
  readonly suites: Place;
  /** Values, without type and length. */
  readonly extensions: readonly (Place & { readonly type: number })[];
  readonly extendedMasterSecret: boolean;
}

/** Walks a message; nothing is undefined before something is missing, and everything from there on. */
class Walk {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Place | undefined {
    const start = this.#at;
    if (start + length > this.#bytes.length) return undefined;
    this.#at = start + length;
    return { start, end: this.#at };
  }

  number(length: number): number | undefined {
    const place = this.take(length);
    return place && this.#bytes.subarray(place.start, place.end).reduce((value, byte) => value * 256 + byte, 0);
  }

  vector(lengthBytes: number): Place | undefined {
    const length = this.number(lengthBytes);
    return length === undefined ? undefined : this.take(length);
  }
}

const extensionsIn = (walk: Walk, bytes: Uint8Array): HelloPlaces["extensions"] | undefined => {
  if (walk.done) return [];
  const list = walk.vector(2);
  if (list === undefined || !walk.done) return undefined;
  const inner = new Walk(bytes.subarray(0, list.end), list.start);
  const found: (Place & { readonly type: number })[] = [];
  while (!inner.done) {
    const type = inner.number(2);
    const value = inner.vector(2);
    if (type === undefined || value === undefined) return undefined;
    found.push({ type, ...value });
  }
  return found;
};

/**
 * The parts of a whole ClientHello or ServerHello; undefined where it is neither, or does not end where its parts end.
 *
 * @example
 * import { clientHello } from "@meterport/protocol/mep/security/tls/messages"
 * helloPlaces(clientHello(new Uint8Array(32), true))?.random // { start: 6, end: 38 }
 */
export const helloPlaces = (message: Uint8Array): HelloPlaces | undefined => {
  const client = message[0] === handshakeType.clientHello;
  if (!client && message[0] !== handshakeType.serverHello) return undefined;
  const walk = new Walk(message, messageHeader);
  walk.take(2);
  const random = walk.take(randomLength);
  const sessionId = walk.vector(1);
  const suites = client ? walk.vector(2) : walk.take(2);
  const compression = client ? walk.vector(1) : walk.take(1);
  if (random === undefined || sessionId === undefined || suites === undefined || compression === undefined)
    return undefined;
  const extensions = extensionsIn(walk, message);
  if (extensions === undefined) return undefined;
  const extendedMasterSecret = extensions.some(({ type }) => type === extension.extendedMasterSecret);
  return { random, sessionId, suites, extensions, extendedMasterSecret };
};
