/** Length-prefixed frames on the MEP port, and the alert: a frame of length zero. Big-endian, as all message fields are. */
import { passingCopy } from "../../passing-bytes.ts";

/** Most bytes after the length field that either side may send (MEP guide 1.1, p. 14). */
export const maxBody = 476;

/** A longer announced length than this is not believed: with the guide's limit it cannot be a frame, only noise. */
export const believedBody = 1024;

/** Bytes of a run of noise that a `garbage` event shows; the run may be longer. */
export const shownGarbage = 64;

/** Bytes of the length in front of a body. */
export const lengthField = 2;

/**
 * A body with its 2-byte length in front.
 *
 * @throws RangeError for an empty body (that would be an alert) and for more than 65535 bytes.
 * @example
 * frameOf(Uint8Array.of(0x0b)) // Uint8Array [0, 1, 11]
 */
export const frameOf = (body: Uint8Array): Uint8Array => {
  if (body.length === 0 || body.length > 0xffff)
    throw new RangeError(`a frame holds 1 to 65535 bytes, not ${body.length}`);
  const frame = new Uint8Array(lengthField + body.length);
  frame[0] = body.length >> 8;
  frame[1] = body.length;
  frame.set(body, lengthField);
  return frame;
};

/** The alert of the meter: two zero bytes between frames (MEP guide 1.1, p. 23). A new array each time. */
export const alertBytes = (): Uint8Array => new Uint8Array(lengthField);

/** What a `Deframer` finds. */
export type FrameEvent =
  | { readonly type: "frame"; readonly body: Uint8Array }
  | { readonly type: "alert" }
  /** `length` bytes that begin no frame; `bytes` are the first `shownGarbage` of them. */
  | { readonly type: "garbage"; readonly bytes: Uint8Array; readonly length: number };

const alert: FrameEvent = { type: "alert" };

/** Bytes of a frame that a `Deframer` has room for from the beginning: an answer to a live reading. */
const usualFrame = 96;
const nothing = new Uint8Array(0);

/**
 * Cuts a byte stream into frames, in bounded memory; any cutting of the same bytes into chunks gives the same events.
 * An impossible length is slid over byte by byte, so that one byte of noise does not cost the reply after it.
 */
export class Deframer {
  /** Grows with the longest frame so far: most links never see a long one. */
  #buffer = new Uint8Array(usualFrame);
  #held = 0;
  #noise = nothing;
  #noiseLength = 0;

  /** Bytes of an unfinished frame that are held. */
  get pending(): number {
    return this.#held;
  }

  /** Bytes that the unfinished frame will have with its length field; undefined while the length is incomplete. */
  get announced(): number | undefined {
    return this.#held < lengthField ? undefined : lengthField + this.#bodyLength();
  }

  /** Takes received bytes and returns what they complete. Copies what it keeps. */
  push(bytes: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#held < lengthField) {
        this.#buffer[this.#held++] = bytes[at++] as number;
        if (this.#held === lengthField) this.#header(events);
        continue;
      }
      const total = lengthField + this.#bodyLength();
      const taken = Math.min(total - this.#held, bytes.length - at);
      // A view would cost more than copying the few bytes of a usual frame.
      for (const end = at + taken; at < end; at++) this.#buffer[this.#held++] = bytes[at] as number;
      if (this.#held === total) {
        events.push({ type: "frame", body: passingCopy(this.#buffer, lengthField, total) });
        this.#held = 0;
      }
    }
    return events;
  }

  /** Forgets the unfinished frame and the noise before it, and returns them: first the noise, if any, then the frame's bytes. */
  reset(): { readonly garbage: FrameEvent | undefined; readonly unfinished: Uint8Array } {
    const garbage = this.#takeNoise();
    // Before nearly every transmission there is nothing to forget.
    const unfinished = this.#held === 0 ? nothing : this.#buffer.slice(0, this.#held);
    this.#held = 0;
    return { garbage, unfinished };
  }

  /**
   * Bodies that would end where the held bytes end, if those in front of them were noise: a length that noise invents swallows
   * the frame after it. `fits` says which lengths are looked for. Only a digest can tell which of them is real.
   */
  hidden(fits: (length: number) => boolean): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    for (let at = 1; at + lengthField < this.#held; at++) {
      const start = at + lengthField;
      const length = ((this.#buffer[at] as number) << 8) | (this.#buffer[at + 1] as number);
      if (start + length === this.#held && fits(length)) bodies.push(this.#buffer.slice(start, this.#held));
    }
    return bodies;
  }

  #bodyLength(): number {
    return ((this.#buffer[0] as number) << 8) | (this.#buffer[1] as number);
  }

  #header(events: FrameEvent[]): void {
    const length = this.#bodyLength();
    if (length > believedBody) {
      if (this.#noise.length === 0) this.#noise = new Uint8Array(shownGarbage);
      if (this.#noiseLength < shownGarbage) this.#noise[this.#noiseLength] = this.#buffer[0] as number;
      this.#noiseLength++;
      this.#buffer[0] = this.#buffer[1] as number;
      this.#held = 1;
      return;
    }
    const garbage = this.#takeNoise();
    if (garbage !== undefined) events.push(garbage);
    if (length === 0) {
      events.push(alert);
      this.#held = 0;
    } else if (lengthField + length > this.#buffer.length) {
      const room = Math.min(lengthField + believedBody, Math.max(lengthField + length, 2 * this.#buffer.length));
      const longer = new Uint8Array(room);
      longer.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = longer;
    }
  }

  #takeNoise(): FrameEvent | undefined {
    if (this.#noiseLength === 0) return undefined;
    const length = this.#noiseLength;
    this.#noiseLength = 0;
    return { type: "garbage", bytes: this.#noise.slice(0, Math.min(length, shownGarbage)), length };
  }
}
