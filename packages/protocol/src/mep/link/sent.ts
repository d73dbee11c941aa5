/** The last sealed requests: what a received frame is can only be told by what was sent. */

import { lengthField } from "../frame/frame.ts";
import type { Opened, Sealed } from "../security/seal.ts";

/** How many sealed requests are remembered, over all requests. */
const rememberedRequests = 8;

/** As many differ at most in a damaged echo; in another client's request the eight bytes of the digest do. */
const damagedBytes = 5;

/** What a received frame is, seen from the request in hand. */
export type Verdict =
  /** Authentic answer to the request in hand, whichever of its attempts: the one with this sequence number. */
  | { readonly type: "apdu"; readonly apdu: Uint8Array; readonly sequence: number | undefined }
  /** Authentic 0x0C to the newest packet of the request in hand. */
  | { readonly type: "resync"; readonly sequence: number }
  /** Our own packet. */
  | { readonly type: "echo" }
  /** Authentic, but to an earlier request, or a 0x0C to an earlier attempt. `other` is true for the former. */
  | { readonly type: "stale"; readonly other: boolean }
  /** A handshake of ours went on, or the session is gone. */
  | Extract<Opened, { type: "step" | "session-lost" }>
  /** Not authentic; as the newest packet sees it. */
  | Exclude<Opened, { type: "apdu" | "resync" | "step" | "session-lost" }>;

interface Entry {
  /** Of the request. */
  readonly id: number;
  readonly sealed: Sealed;
}

/** A bounded memory of sealed requests and what they belong to. */
export class Sent {
  readonly #entries: Entry[] = [];

  /** Remembers a packet that is being sent for the first time. */
  add(id: number, sealed: Sealed): void {
    if (this.#entries.length === rememberedRequests) this.#entries.shift();
    this.#entries.push({ id, sealed });
  }

  /** Whether `body` is likely one of our packets that came back damaged: no other request has so much in common with it. */
  resembles(body: Uint8Array): boolean {
    return this.#entries.some(({ sealed: { packet } }) => {
      if (packet.length !== body.length + 2) return false;
      let differing = 0;
      for (let i = 0; i < body.length; i++) if (packet[i + 2] !== body[i]) differing++;
      return differing <= damagedBytes;
    });
  }

  /** What `body` is, while the request `current` waits for its answer. */
  judge(body: Uint8Array, current: number | undefined): Verdict {
    let first: Verdict = { type: "forged" };
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const { id, sealed } = this.#entries[i] as Entry;
      if (isEcho(sealed.packet, body)) return { type: "echo" };
      const newest = i === this.#entries.length - 1;
      const opened = sealed.open(body);
      if (opened.type === "apdu" || opened.type === "resync") {
        if (id !== current) return { type: "stale", other: true };
        if (opened.type === "apdu") return { type: "apdu", apdu: opened.apdu, sequence: sealed.sequence };
        return newest ? opened : { type: "stale", other: false };
      }
      if (opened.type === "step" || opened.type === "session-lost") {
        if (newest && id === current) return opened;
        // The caller has given up; the suite itself has taken note.
        return { type: "stale", other: true };
      }
      if (newest) first = opened;
    }
    return first;
  }
}

const isEcho = (packet: Uint8Array, body: Uint8Array): boolean => {
  if (packet.length !== body.length + lengthField) return false;
  for (let i = 0; i < body.length; i++) if (packet[i + lengthField] !== body[i]) return false;
  return true;
};
