/** The last sealed requests: what a received frame is can only be told by what was sent. */

import { lengthField } from "../frame/frame.ts";
import type { Opened, Seal, Sealed } from "../security/seal.ts";

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

/** Room for as many reads of a live reading. */
const usualRoom = 192;

/** A bounded memory of sealed requests and what they belong to, oldest first. */
export class Sent {
  readonly #again: Seal["again"];
  /** Of each packet the id of its request, and its length. */
  readonly #ids: number[] = [];
  readonly #lengths: number[] = [];
  /** The packets one after the other: of thousands of links, objects would outnumber everything else. Grows with long ones. */
  #packets = new Uint8Array(0);
  #used = 0;
  /** What was sealed, by a suite that cannot make it again. */
  readonly #sealed: Sealed[] | undefined;

  /** `again` is that of the suite. */
  constructor(again: Seal["again"]) {
    this.#again = again;
    this.#sealed = again === undefined ? [] : undefined;
  }

  /** Remembers a packet that is being sent for the first time. */
  add(id: number, sealed: Sealed): void {
    const { packet } = sealed;
    if (this.#ids.length === rememberedRequests) this.#forget();
    const used = this.#used + packet.length;
    if (used > this.#packets.length) {
      const larger = new Uint8Array(Math.max(usualRoom, used));
      larger.set(this.#packets);
      this.#packets = larger;
    }
    this.#packets.set(packet, this.#used);
    this.#used = used;
    this.#ids.push(id);
    this.#lengths.push(packet.length);
    this.#sealed?.push(sealed);
  }

  #forget(): void {
    this.#ids.shift();
    this.#sealed?.shift();
    const length = this.#lengths.shift() ?? 0;
    this.#packets.copyWithin(0, length, this.#used);
    this.#used -= length;
  }

  /** Whether `body` is likely one of our packets that came back damaged: no other request has so much in common with it. */
  resembles(body: Uint8Array): boolean {
    let at = 0;
    for (const length of this.#lengths) {
      if (length === body.length + lengthField && this.#differing(at, body) <= damagedBytes) return true;
      at += length;
    }
    return false;
  }

  /** In how many bytes the packet at this place differs from a body that is as long as its own. */
  #differing(at: number, body: Uint8Array): number {
    let differing = 0;
    for (let i = 0; i < body.length; i++) if (this.#packets[at + lengthField + i] !== body[i]) differing++;
    return differing;
  }

  /** What `body` is, while a request waits for its answer: `current`, with what was sealed of it last. */
  judge(body: Uint8Array, current: { readonly id: number; readonly sealed: Sealed | undefined } | undefined): Verdict {
    let first: Verdict = { type: "forged" };
    const last = this.#ids.length - 1;
    for (let i = last, at = this.#used; i >= 0; i--) {
      const length = this.#lengths[i] as number;
      at -= length;
      if (length === body.length + lengthField && this.#differing(at, body) === 0) return { type: "echo" };
      const newest = i === last;
      const ours = this.#ids[i] === current?.id;
      const sealed = (newest && ours ? current?.sealed : undefined) ?? this.#sealedAt(i, at, length);
      const opened = sealed.open(body);
      if (opened.type === "apdu" || opened.type === "resync") {
        if (!ours) return { type: "stale", other: true };
        if (opened.type === "apdu") return { type: "apdu", apdu: opened.apdu, sequence: sealed.sequence };
        return newest ? opened : { type: "stale", other: false };
      }
      if (opened.type === "step" || opened.type === "session-lost") {
        if (newest && ours) return opened;
        // The caller has given up; the suite itself has taken note.
        return { type: "stale", other: true };
      }
      if (newest) first = opened;
    }
    return first;
  }

  #sealedAt(index: number, at: number, length: number): Sealed {
    return (this.#sealed?.[index] ?? this.#again?.(this.#packets.subarray(at, at + length))) as Sealed;
  }
}
