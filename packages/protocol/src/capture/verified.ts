/** The frames of a capture that a key verifies, in the clear: requests, and responses with what they answer. */
import { toHex } from "../bytes.ts";
import { encodeResponse } from "../frame/apdu.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Encryption } from "../security/rc4/encryption.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import type { Sealed } from "../security/seal.ts";
import type { CutCapture, Piece } from "./pieces.ts";

/** A request as its client sealed it. */
export interface CapturedRequest {
  readonly apdu: Uint8Array;
  readonly sequence: number;
  readonly encrypted: boolean;
}

/** A frame that verifies: a request, an echo of one, or the response to one. */
export interface VerifiedFrame {
  readonly piece: Piece;
  readonly request: CapturedRequest;
  /** Undefined for the request itself. */
  readonly response: Uint8Array | undefined;
}

/** A reply may come when as many later requests have been sent. */
const recentRequests = 8;

/** The same request, sealed under a key. */
export const sealAs = ({ apdu, sequence, encrypted }: CapturedRequest, key: Uint8Array): Sealed =>
  (encrypted ? rc4Encryption : rc4Authentication)({ key, sequence }).seal(apdu);

/** Requests as they went by, newest last. */
class Recent {
  readonly #key: Uint8Array;
  readonly #open: (body: Uint8Array) => CapturedRequest | undefined;
  #requests: { readonly request: CapturedRequest; readonly sealed: Sealed; readonly body: string }[] = [];

  constructor(key: Uint8Array) {
    const opener = rc4Opener({ basic: key, advanced: key });
    this.#key = key;
    this.#open = (body) => {
      const received = opener.open(body);
      if (received.type !== "request") return undefined;
      const { apdu, encrypted, sequence = 0 } = received;
      return { apdu, encrypted, sequence };
    };
  }

  request(piece: Piece, body: Uint8Array): VerifiedFrame | undefined {
    const request = this.#open(body);
    if (request === undefined) return undefined;
    this.#requests.push({ request, sealed: sealAs(request, this.#key), body: toHex(body) });
    this.#requests = this.#requests.slice(-recentRequests);
    return { piece, request, response: undefined };
  }

  received(piece: Piece, body: Uint8Array): VerifiedFrame | undefined {
    for (const { request, sealed } of this.#requests.toReversed()) {
      const opened = sealed.open(body);
      if (opened.type === "apdu") return { piece, request, response: opened.apdu };
      if (opened.type === "resync")
        return { piece, request, response: encodeResponse({ kind: "sequence", sequence: opened.sequence }) };
    }
    const hex = toHex(body);
    const echoed = this.#requests.find((request) => request.body === hex);
    return echoed === undefined ? undefined : { piece, request: echoed.request, response: undefined };
  }
}

/** In their order. A response is tied to the newest request that it verifies with. */
export const verifiedFrames = ({ streams, pieces }: CutCapture, key: Uint8Array): VerifiedFrame[] => {
  const recent = new Recent(key);
  return pieces.flatMap((piece) => {
    if (piece.kind !== "frame") return [];
    const body = streams[piece.dir].slice(piece.start + 2, piece.end);
    const verified = piece.dir === "tx" ? recent.request(piece, body) : recent.received(piece, body);
    return verified === undefined ? [] : [verified];
  });
};
