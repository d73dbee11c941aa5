/** A capture cut into frames, alerts and noise: every byte of it is in one piece. */
import { Deframer, type FrameEvent, lengthField } from "../frame/frame.ts";
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
  /** All bytes of each direction, one behind the other. */
  readonly streams: Readonly<Record<"tx" | "rx", Uint8Array>>;
  /** In the order in which they were complete. */
  readonly pieces: readonly Piece[];
}

/** No frame comes with such a gap in it, over whatever bridge: what was begun before it is not gone on with. */
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

/** One direction under way. */
class Cutter {
  readonly #dir: "tx" | "rx";
  readonly #pieces: Piece[];
  readonly #deframer = new Deframer();
  #at = 0;
  #t: Millis = 0;

  constructor(dir: "tx" | "rx", pieces: Piece[]) {
    this.#dir = dir;
    this.#pieces = pieces;
  }

  /** Gives whether a frame is complete now. */
  push(bytes: Uint8Array, t: Millis): boolean {
    if (t - this.#t > longestGap) this.reset();
    this.#t = t;
    const events = this.#deframer.push(bytes);
    for (const event of events) this.#note(event);
    return events.some(({ type }) => type === "frame");
  }

  /** What was begun is not gone on with. */
  reset(): void {
    // As the link does: what ends here may be an answer that noise in front seems to swallow, which only its digest can tell.
    const [hidden] = this.#deframer.hidden((length) => length >= shortestBody);
    const { garbage, unfinished } = this.#deframer.reset();
    if (garbage !== undefined) this.#note(garbage);
    if (hidden !== undefined) {
      this.#piece("noise", unfinished.length - lengthField - hidden.length);
      this.#note({ type: "frame", body: hidden });
    } else if (unfinished.length > 0) this.#piece("cut", unfinished.length);
  }

  #note(event: FrameEvent): void {
    if (event.type === "garbage") this.#piece("noise", event.length);
    else if (event.type === "alert") this.#piece("alert", 2);
    else this.#piece("frame", 2 + event.body.length);
  }

  #piece(kind: Piece["kind"], length: number): void {
    const start = this.#at;
    this.#at = start + length;
    this.#pieces.push({ dir: this.#dir, t: this.#t, kind, start, end: this.#at });
  }
}

/** Cuts a capture. Whoever sends has given up on what had begun to come, so a request ends an unfinished reply. */
export const piecesOf = (capture: Capture): CutCapture => {
  const pieces: Piece[] = [];
  const sent = new Cutter("tx", pieces);
  const received = new Cutter("rx", pieces);
  for (const entry of capture.entries) {
    if (!("bytes" in entry)) {
      sent.reset();
      received.reset();
    } else if (entry.dir === "rx") received.push(entry.bytes, entry.t);
    else {
      const before = pieces.length;
      if (!sent.push(entry.bytes, entry.t)) continue;
      // What had come by then had come before.
      const request = pieces.splice(before);
      received.reset();
      pieces.push(...request);
    }
  }
  sent.reset();
  received.reset();
  return { streams: { tx: streamOf(capture, "tx"), rx: streamOf(capture, "rx") }, pieces };
};
