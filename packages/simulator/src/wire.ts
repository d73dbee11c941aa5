/** One direction of a line: bytes go in, and come out later, in order. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Faults } from "./faults.ts";

export interface WireOptions {
  readonly clock: Clock;
  /** What one byte takes; 0 delivers inside `send`. */
  readonly byteTime: Millis;
  /** Bytes are handed over in pieces of at most this duration. */
  readonly handOver: Millis;
  readonly faults: Faults | undefined;
  readonly deliver: (bytes: Uint8Array) => void;
}

/** Bytes on one wire, one behind the other. */
export class Wire {
  readonly #options: WireOptions;
  readonly #piece: number;
  readonly #cancels = new Set<() => void>();
  #freeAt: Millis = Number.NEGATIVE_INFINITY;
  #cut = false;

  constructor(options: WireOptions) {
    this.#options = options;
    const { byteTime, handOver } = options;
    this.#piece = byteTime === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(handOver / byteTime));
  }

  /** Puts bytes on the wire behind those that are still on it. */
  send(bytes: Uint8Array): void {
    const { faults } = this.#options;
    if (faults === undefined) this.#put(bytes.slice(), 0);
    else for (const delivery of faults.pass(bytes).deliveries) this.#put(delivery.bytes, delivery.delay);
  }

  /** Loses what is on the wire and takes no more. */
  cut(): void {
    this.#cut = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #put(bytes: Uint8Array, delay: Millis): void {
    if (this.#cut) return;
    const { clock, byteTime } = this.#options;
    const now = clock.now();
    let at = Math.max(now + delay, this.#freeAt);
    for (let start = 0; start < bytes.length; start += this.#piece) {
      const piece = bytes.subarray(start, start + this.#piece);
      at += piece.length * byteTime;
      this.#deliverAt(at, now, piece);
    }
    this.#freeAt = at;
  }

  #deliverAt(at: Millis, now: Millis, piece: Uint8Array): void {
    const { clock, deliver } = this.#options;
    // Never past bytes that are still on their way.
    if (at <= now && this.#cancels.size === 0) {
      deliver(piece);
      return;
    }
    const cancel = clock.at(at, () => {
      this.#cancels.delete(cancel);
      deliver(piece);
    });
    this.#cancels.add(cancel);
  }
}
