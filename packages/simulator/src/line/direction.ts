/** One direction of a line, pure: bytes go in, and come out later, in order. */
import type { Millis } from "@meterport/protocol/ports";
import type { Random } from "../random.ts";

/** How a direction passes bytes on. */
export interface Pace {
  /** The time of one byte with the silence after it; 0 takes no time. */
  readonly byteTime: Millis;
  /** Bytes are handed over in pieces of at most this duration. */
  readonly handOver: Millis;
  /** A bridge that holds bytes back until it has this many of them, or for this long. */
  readonly collect: { readonly bytes: number; readonly time: Millis } | undefined;
  readonly latency: Millis;
  readonly jitter: Millis;
}

interface Piece {
  readonly at: Millis;
  readonly bytes: Uint8Array;
}

/** Bytes that may be on their way; any more are lost, as in a bridge whose buffer is full. */
const mostOnTheWay = 65_536;

/** Pieces that are kept though they have arrived, since moving the others up each time would cost more. */
const mostTaken = 1024;
const nothing: readonly Uint8Array[] = [];

/** Bytes on their way, one after another. */
export class Direction {
  readonly #random: Random;
  #pieces: Piece[] = [];
  /** The first that has not arrived. */
  #head = 0;
  #onTheWay = 0;
  #freeAt: Millis = Number.NEGATIVE_INFINITY;
  /** When the last piece arrives: none after it is earlier, however the latency changes. */
  #lastAt: Millis = Number.NEGATIVE_INFINITY;
  /** What a bridge has collected and not handed over yet, and when it does. */
  #held: { bytes: number[]; due: Millis } = { bytes: [], due: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  /** When the next bytes arrive; undefined while none are on their way. */
  get next(): Millis | undefined {
    const held = this.#held.bytes.length > 0 ? this.#held.due : undefined;
    return this.#pieces[this.#head]?.at ?? held;
  }

  /** When the wire is free again after what was sent. */
  get freeAt(): Millis {
    return this.#freeAt;
  }

  /** Puts bytes on the wire at `now`, after those that are still on it. They are not copied. */
  send(bytes: Uint8Array, now: Millis, { byteTime, handOver, collect, latency, jitter }: Pace): void {
    if (bytes.length === 0 || this.#onTheWay + bytes.length > mostOnTheWay) return;
    let at = Math.max(now, this.#freeAt);
    if (collect === undefined) {
      this.#release(latency, jitter);
      const most = byteTime === 0 ? bytes.length : Math.max(1, Math.floor(handOver / byteTime));
      for (let start = 0; start < bytes.length; start += most) {
        const piece = bytes.subarray(start, start + most);
        at += piece.length * byteTime;
        this.#arrive(piece, at + latency, jitter);
      }
    } else {
      for (const byte of bytes) {
        at += byteTime;
        if (this.#held.bytes.length > 0 && at > this.#held.due) this.#release(latency, jitter);
        if (this.#held.bytes.length === 0) this.#held.due = at + collect.time;
        this.#held.bytes.push(byte);
        this.#onTheWay++;
        if (this.#held.bytes.length < collect.bytes) continue;
        this.#held.due = at;
        this.#release(latency, jitter);
      }
    }
    this.#freeAt = at;
  }

  /** What has arrived at `now`, in order. */
  take(now: Millis, { latency, jitter }: Pace): readonly Uint8Array[] {
    if (this.#held.bytes.length > 0 && this.#held.due <= now) this.#release(latency, jitter);
    const first = this.#pieces[this.#head];
    if (first === undefined || first.at > now) return nothing;
    const arrived: Uint8Array[] = [];
    for (
      let piece: Piece | undefined = first;
      piece !== undefined && piece.at <= now;
      piece = this.#pieces[this.#head]
    ) {
      this.#onTheWay -= piece.bytes.length;
      this.#head++;
      arrived.push(piece.bytes);
    }
    if (this.#head < this.#pieces.length && this.#head < mostTaken) return arrived;
    this.#pieces = this.#pieces.slice(this.#head);
    this.#head = 0;
    return arrived;
  }

  /** Loses what is on the wire. */
  clear(): void {
    this.#pieces = [];
    this.#head = 0;
    this.#held.bytes = [];
    this.#onTheWay = 0;
    this.#freeAt = Number.NEGATIVE_INFINITY;
  }

  #release(latency: Millis, jitter: Millis): void {
    const { bytes, due } = this.#held;
    if (bytes.length === 0) return;
    this.#held.bytes = [];
    this.#onTheWay -= bytes.length;
    this.#arrive(Uint8Array.from(bytes), due + latency, jitter);
  }

  #arrive(bytes: Uint8Array, at: Millis, jitter: Millis): void {
    const late = jitter === 0 ? at : at + this.#random() * jitter;
    this.#lastAt = Math.max(this.#lastAt, late);
    this.#onTheWay += bytes.length;
    this.#pieces.push({ at: this.#lastAt, bytes });
  }
}
