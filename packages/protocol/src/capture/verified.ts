/** The frames of a capture that a key verifies, in the clear: requests, and responses with what they answer. */
import { toHex } from "../bytes.ts";
import { encodeResponse } from "../mep/frame/apdu.ts";
import { rc4Authentication } from "../mep/security/rc4/authentication.ts";
import { rc4Encryption } from "../mep/security/rc4/encryption.ts";
import { rc4Opener } from "../mep/security/rc4/opener.ts";
import type { Sealed } from "../mep/security/seal.ts";
import type { CutCapture, Piece } from "./pieces.ts";
import { readTls, type TlsFrame, type TlsReading, type TlsRequest } from "./tls/reading.ts";

/** A request as its client sealed it with RC4. */
export interface Rc4Request {
  readonly apdu: Uint8Array;
  readonly sequence: number;
  readonly encrypted: boolean;
}

/** A request as its client sealed it; inside TLS there is no sequence number. */
export type CapturedRequest = Rc4Request | (TlsRequest & { readonly sequence?: undefined });

/** A frame that verifies: a request, an echo of one, or the response to one. */
export interface VerifiedFrame {
  readonly piece: Piece;
  readonly request: CapturedRequest;
  /** Undefined for the request itself. */
  readonly response: Uint8Array | undefined;
  /** A response that comes when its client cannot take it any more. */
  readonly late?: boolean;
  /** What was opened, where it came inside TLS; of a repetition, the first. */
  readonly tls?: TlsFrame;
}

/** A reply may come when as many later requests have been sent. */
const recentRequests = 8;

/** The same request, sealed under a key. */
export const sealAs = ({ apdu, sequence, encrypted }: Rc4Request, key: Uint8Array): Sealed =>
  (encrypted ? rc4Encryption : rc4Authentication)({ key, sequence }).seal(apdu);

/** Requests as they went by, newest last. */
class Recent {
  readonly #key: Uint8Array;
  readonly #open: (body: Uint8Array) => Rc4Request | undefined;
  #requests: { readonly request: Rc4Request; readonly sealed: Sealed; readonly body: string }[] = [];

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

/** A message inside TLS, or one of its repetitions. */
const insideTls = (piece: Piece, frame: TlsFrame | undefined): VerifiedFrame | undefined => {
  const tls = frame?.kind === "repeat" ? frame.of : frame;
  if (tls?.kind === "request") return { piece, request: tls, response: undefined, tls };
  // Once more is once too often: the first one was taken, or neither.
  if (tls?.kind === "response")
    return { piece, request: tls.answers, response: tls.apdu, late: tls.late || frame !== tls, tls };
  return undefined;
};

/** In their order. A response is tied to the newest request that it verifies with. */
export const verifiedFrames = (
  cut: CutCapture,
  key: Uint8Array,
  { frames }: TlsReading = readTls(cut, key),
): VerifiedFrame[] => {
  const { streams, pieces } = cut;
  const recent = new Recent(key);
  return pieces.flatMap((piece) => {
    if (piece.kind !== "frame") return [];
    const frame = frames.get(piece);
    // What begins like TLS and does not open may be encrypted with RC4.
    if (frame !== undefined && frame.kind !== "closed") return insideTls(piece, frame) ?? [];
    const body = streams[piece.dir].slice(piece.start + 2, piece.end);
    const verified = piece.dir === "tx" ? recent.request(piece, body) : recent.received(piece, body);
    return verified === undefined ? [] : [verified];
  });
};
