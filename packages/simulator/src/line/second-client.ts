/** Another client of the same meter: it asks with its own sequence numbers, and ignores everything else. */
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import type { LinkInput } from "@meterport/protocol/mep/link/exchange";
import { Link } from "@meterport/protocol/mep/link/link";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import type { Millis } from "@meterport/protocol/ports";
import { BT28 } from "@meterport/protocol/tables/index";
import type { Random } from "../random.ts";

/** Bytes of BT28 that it asks for each time: what the existing readers of these meters read most. */
const asked = 220;

export class SecondClient {
  readonly #link: Link;
  #id = 0;
  #askAt: Millis;
  #every: Millis;

  constructor(key: Secret, random: Random, every: Millis, now: Millis) {
    const sequence = Math.floor(random() * 2 ** 32);
    this.#link = new Link(rc4Authentication({ key: key.reveal(), sequence }));
    this.#every = every;
    this.#askAt = now + random() * every;
  }

  /** Asks at this interval from now on. */
  set every(every: Millis) {
    this.#every = every;
  }

  wakeAt(): Millis {
    return Math.min(this.#askAt, this.#link.wakeAt() ?? Number.POSITIVE_INFINITY);
  }

  /** Takes what it hears, or the time, and gives what it sends. */
  handle(input: Uint8Array | "tick", now: Millis): Uint8Array[] {
    const sent = this.#feed(input === "tick" ? { type: "tick" } : { type: "received", bytes: input }, now);
    if (now < this.#askAt) return sent;
    this.#askAt = Math.max(now, this.#askAt + this.#every);
    // While the last request is still open, this one is skipped.
    if (this.#link.load > 0) return sent;
    const apdu = encodeRequest({ kind: "read-at", table: BT28.number, offset: 0, count: asked });
    return [...sent, ...this.#feed({ type: "request", id: ++this.#id, apdu }, now)];
  }

  #feed(input: LinkInput, now: Millis): Uint8Array[] {
    const sent: Uint8Array[] = [];
    for (const output of this.#link.handle(input, now)) if (output.type === "transmit") sent.push(output.bytes);
    return sent;
  }
}
