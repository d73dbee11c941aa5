/** A capture cut into frames, alerts and noise: every byte of it is in one piece. */
import { Deframer, type FrameEvent, lengthField } from "../mep/frame/frame.ts";
import type { Millis } from "../ports.ts";
import type { Capture } from "./capture.ts";

export interface Piece {
  readonly dir: "tx" | "rx";
  /** When its last byte came, in milliseconds since the capture began. */
  readonly t: Millis;
  /** `cut`: a frame of which only the beginning came; `noise` begins no frame. */
  readonly kind: "frame" | "alert" | "noise" | "cut";
  /** Its bytes in the stream of its direction, the length field included. */
  readonly start: number;
  readonly end: number;
}

export interface CutCapture {
  /** All bytes of each direction, one after another. */
  readonly streams: Readonly<Record<"tx" | "rx", Uint8Array>>;
  /** In the order in which they were complete. */
  readonly pieces: readonly Piece[];
}

/** No frame comes with such a gap in it, over any bridge: what was begun before it is not continued. */
const longestGap: Millis = 2000;

/** A code and a digest. */
const shortestBody = 9;

const streamOf = ({ entries }: Capture, dir: "tx" | "rx"): Uint8Array => {
  let length = 0;
  for (const entry of entries) if ("bytes" in entry && entry.dir === dir) length += entry.bytes.length;
  const stream = new Uint8Array(length);
  let at = 0;
  for (const entry of entries) {
    if (!("bytes" in entry) || entry.dir !== dir) continue;
    stream.set(entry.bytes, at);
    at += entry.bytes.length;
  }
  return stream;
};

/** When something came, and as which chunk of the capture. */
interface Came {
  readonly t: Millis;
  readonly entry: number;
}

/** One direction under way. */
class Cutter {
  readonly #dir: "tx" | "rx";
  readonly #pieces: { readonly piece: Piece; readonly entry: number }[];
  readonly #deframer = new Deframer();
  /** Where each chunk ended in what is unfinished. */
  #ends: { readonly at: number; readonly came: Came }[] = [];
  /** A body that ended with one of these chunks, if what precedes it is noise. */
  #hidden: { readonly body: Uint8Array; readonly end: number; readonly came: Came } | undefined;
  #at = 0;
  #came: Came = { t: 0, entry: 0 };

  constructor(dir: "tx" | "rx", pieces: { piece: Piece; entry: number }[]) {
    this.#dir = dir;
    this.#pieces = pieces;
  }

  /** Gives whether a frame is complete now. */
  push(bytes: Uint8Array, came: Came): boolean {
    if (came.t - this.#came.t > longestGap) this.reset();
    this.#came = came;
    const events = this.#deframer.push(bytes);
    for (const event of events) this.#note(event);
    this.#lookBehindNoise(events.length > 0);
    return events.some(({ type }) => type === "frame");
  }

  /** What was begun is abandoned. */
  reset(): void {
    const [hidden, ends] = [this.#hidden, this.#ends];
    this.#forget();
    const { garbage, unfinished } = this.#deframer.reset();
    if (garbage !== undefined) this.#note(garbage);
    if (hidden === undefined) {
      if (unfinished.length > 0) this.#piece("cut", unfinished.length);
      return;
    }
    const { body, end, came } = hidden;
    this.#came = came;
    this.#piece("noise", end - lengthField - body.length);
    this.#note({ type: "frame", body });
    let from = end;
    for (const { at, came } of ends) {
      if (at <= end) continue;
      this.push(unfinished.subarray(from, at), came);
      from = at;
    }
    this.reset();
  }

  /**
   * As the link does with each chunk: what ends here may be an answer that noise in front seems to swallow, which only its digest
   * can tell. More may come before anybody sends, such as the reply to a request that was repeated.
   */
  #lookBehindNoise(restart: boolean): void {
    const { pending } = this.#deframer;
    if (restart) this.#forget();
    // Nothing came, or nothing but noise that is slid over.
    if (pending === (this.#ends.at(-1)?.at ?? 0)) return;
    this.#ends.push({ at: pending, came: this.#came });
    if (this.#hidden !== undefined) return;
    const [body] = this.#deframer.hidden((length) => length >= shortestBody);
    if (body !== undefined) this.#hidden = { body, end: pending, came: this.#came };
  }

  #forget(): void {
    this.#ends = [];
    this.#hidden = undefined;
  }

  #note(event: FrameEvent): void {
    if (event.type === "garbage") this.#piece("noise", event.length);
    else if (event.type === "alert") this.#piece("alert", 2);
    else this.#piece("frame", 2 + event.body.length);
  }

  #piece(kind: Piece["kind"], length: number): void {
    const start = this.#at;
    this.#at = start + length;
    const { t, entry } = this.#came;
    this.#pieces.push({ piece: { dir: this.#dir, t, kind, start, end: this.#at }, entry });
  }
}

/** Cuts a capture. A sender has given up on what had begun to arrive, so a request ends an unfinished reply. */
export const piecesOf = (capture: Capture): CutCapture => {
  const pieces: { piece: Piece; entry: number }[] = [];
  const sent = new Cutter("tx", pieces);
  const received = new Cutter("rx", pieces);
  for (const [i, entry] of capture.entries.entries()) {
    if (!("bytes" in entry)) {
      sent.reset();
      received.reset();
    } else if (entry.dir === "rx") received.push(entry.bytes, { t: entry.t, entry: i });
    else if (sent.push(entry.bytes, { t: entry.t, entry: i })) received.reset();
  }
  sent.reset();
  received.reset();
  // What was understood late, as a reply that stopped, came before the request that says so.
  pieces.sort((a, b) => a.entry - b.entry);
  return {
    streams: { tx: streamOf(capture, "tx"), rx: streamOf(capture, "rx") },
    pieces: pieces.map(({ piece }) => piece),
  };
};
