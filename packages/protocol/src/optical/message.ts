/** Messages of the optical port in as many packets as they take (ANSI C12.18-1996, layer 2). */
import { concat } from "../bytes.ts";
import { type Packet, packetOverhead } from "./packet.ts";

/** Packets that one message may take: their count runs down in one byte, and the standard's field for it is one too. */
export const mostPackets = 255;

/**
 * The packets of a message, the first with the given toggle, each next one with the other.
 *
 * @throws RangeError if it is empty or takes more than 255 packets of that size
 * @example
 * packetsOf(new Uint8Array(60), 64, true).map(({ sequence, data }) => [sequence, data.length]) // [[1, 56], [0, 4]]
 */
export const packetsOf = (message: Uint8Array, packetSize: number, toggle: boolean): Packet[] => {
  const room = packetSize - packetOverhead;
  const count = Math.ceil(message.length / room);
  if (room < 1 || count < 1 || count > mostPackets)
    throw new RangeError(
      `a message of ${message.length} bytes does not fit into 1 to ${mostPackets} packets of ${packetSize} bytes`,
    );
  return Array.from({ length: count }, (_, i) => ({
    multi: count > 1,
    first: count > 1 && i === 0,
    toggle: toggle === (i % 2 === 0),
    sequence: count - 1 - i,
    data: message.slice(i * room, (i + 1) * room),
  }));
};

/** Puts messages together again, in bounded memory. Packets that do not follow one another are dropped, with what they belong to. */
export class Assembly {
  readonly #longest: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  /** The sequence that the next packet must have; undefined between messages. */
  #next: number | undefined;

  /** @param longest bytes of a message */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The message that this packet ends; `more` where others must follow, `broken` where it does not belong here. */
  add({ multi, first, sequence, data }: Packet): Uint8Array | "more" | "broken" {
    const expected = this.#next;
    if (!multi || first) this.reset();
    if (!multi) return sequence === 0 ? data : "broken";
    if ((!first && sequence !== expected) || this.#length + data.length > this.#longest) {
      this.reset();
      return "broken";
    }
    this.#parts.push(data);
    this.#length += data.length;
    if (sequence > 0) {
      this.#next = sequence - 1;
      return "more";
    }
    const message = concat(...this.#parts);
    this.reset();
    return message;
  }

  /** Forgets a message that has begun. */
  reset(): void {
    this.#parts = [];
    this.#length = 0;
    this.#next = undefined;
  }
}
