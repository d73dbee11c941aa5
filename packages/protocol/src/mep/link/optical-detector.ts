/** Hears the optical port on a line that it shares with MEP: its packets prove themselves by their CRC. */

import type { Millis } from "../../ports.ts";
import { crc16, crcOfWhole } from "../frame/crc16.ts";
import { believedBody } from "../frame/frame.ts";

/** Bytes of a packet that are not its data: start, identity, control, sequence, length, and the CRC. */
const overhead = 8;
const start = 0xee;
/** Bits of the control byte that are zero in every packet. */
const reserved = 0x1f;
/** A session without traffic for this long is over. */
const sessionLasts: Millis = 6_000;

/** Listens to everything that comes in, in bounded memory. A packet that is longer than a frame may be is not recognised. */
export class OpticalDetector {
  #held: number[] = [];
  #until: Millis = Number.NEGATIVE_INFINITY;

  /** Takes received bytes; `fresh` where a silence stands before them. */
  hear(bytes: Uint8Array, fresh: boolean, now: Millis): void {
    if (fresh) this.#held = [];
    for (const byte of bytes) {
      // Nearly every byte of a link that is not shared: it begins no packet.
      if (this.#held.length === 0 && byte !== start) continue;
      this.#held.push(byte);
      if (this.#complete()) this.#until = now + sessionLasts;
    }
  }

  /** Whether a session that was heard may still be going on. */
  inSession(now: Millis): boolean {
    return now < this.#until;
  }

  /** Drops bytes that begin no packet. Returns whether one is complete. */
  #complete(): boolean {
    for (const held = this.#held; held.length > 0; held.shift()) {
      const { 1: identity = 0, 2: control = 0, 4: high = 0, 5: low = 0 } = held;
      const length = overhead + 256 * high + low;
      if (held[0] !== start || identity !== 0 || (control & reserved) !== 0 || length > believedBody) continue;
      if (held.length < length) return false;
      if (crc16(held.slice(0, length)) !== crcOfWhole) continue;
      this.#held = [];
      return true;
    }
    return false;
  }
}
