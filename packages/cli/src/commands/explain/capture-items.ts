/** The items of a capture: exchanges, replies without a request, alerts, noise, and events of the link. */
import type { Capture } from "@meterport/protocol/capture/capture";
import { type Piece, piecesOf } from "@meterport/protocol/capture/pieces";
import { readTls, type TlsFrame } from "@meterport/protocol/capture/tls/reading";
import { type CapturedRequest, verifiedFrames } from "@meterport/protocol/capture/verified";
import type { Millis } from "@meterport/protocol/ports";

/** A request and its reply, both as whole frames. */
export interface ExchangeItem {
  readonly kind: "exchange";
  /** When the request was sent, in milliseconds since the capture began. */
  readonly t: Millis;
  readonly request: Uint8Array;
  reply: Uint8Array | undefined;
  /** From the request to the end of the reply. */
  took: Millis | undefined;
  /** What each of them is, if it carries TLS. */
  readonly tls: { readonly request: TlsFrame | undefined; reply: TlsFrame | undefined };
}

export type CaptureItem =
  | ExchangeItem
  /** `reply`: a frame that no earlier request waits for: a late or second reply, or one to another client. */
  | {
      readonly kind: "reply" | "alert" | "noise" | "cut";
      readonly t: Millis;
      readonly dir: "tx" | "rx";
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "event"; readonly t: Millis; readonly event: "opened" | "closed" | "broken" };

/** At the same time, opening comes first and closing last. */
const rank = (item: CaptureItem): number => (item.kind !== "event" ? 1 : item.event === "opened" ? 0 : 2);

/** With a key, the reply is the first frame that verifies; else the first frame. */
export const itemsOf = (capture: Capture, key: Uint8Array | undefined): CaptureItem[] => {
  const cut = piecesOf(capture);
  const requests = new Map<Piece, CapturedRequest>();
  const replies = new Map<CapturedRequest, Piece>();
  const tls = readTls(cut, key);
  const frameOf = (piece: Piece): TlsFrame | undefined => {
    const frame = tls.frames.get(piece);
    return frame?.kind === "repeat" ? frame.of : frame;
  };
  for (const { piece, request, response } of key === undefined ? [] : verifiedFrames(cut, key, tls))
    if (piece.dir === "tx") requests.set(piece, request);
    else if (response !== undefined && !replies.has(request)) replies.set(request, piece);
  const claimed = new Set(replies.values());
  const items: CaptureItem[] = [];
  let last: ExchangeItem | undefined;
  const answer = (exchange: ExchangeItem, piece: Piece, bytes: Uint8Array): void => {
    exchange.reply = bytes;
    exchange.took = Math.max(0, piece.t - exchange.t);
    exchange.tls.reply = frameOf(piece);
  };
  for (const piece of cut.pieces) {
    const { dir, t, kind, start, end } = piece;
    const bytes = cut.streams[dir].subarray(start, end);
    if (kind !== "frame") items.push({ kind, t, dir, bytes });
    else if (dir === "tx") {
      const frames = { request: frameOf(piece), reply: undefined };
      last = { kind: "exchange", t, request: bytes, reply: undefined, took: undefined, tls: frames };
      const request = requests.get(piece);
      const reply = request === undefined ? undefined : replies.get(request);
      if (reply !== undefined) answer(last, reply, cut.streams.rx.subarray(reply.start, reply.end));
      items.push(last);
    } else if (!claimed.has(piece)) {
      if (last !== undefined && last.reply === undefined) answer(last, piece, bytes);
      else items.push({ kind: "reply", t, dir, bytes });
    }
  }
  for (const entry of capture.entries)
    if ("event" in entry) items.push({ kind: "event", t: entry.t, event: entry.event });
  return items.sort((a, b) => a.t - b.t || rank(a) - rank(b));
};
