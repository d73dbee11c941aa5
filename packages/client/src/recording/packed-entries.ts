/** The entries of a capture in few bytes, oldest first: thousands of links keep some minutes each. */
import type { CaptureEntry } from "@meterport/protocol/capture/capture";

/** Six bytes of time, one of kind, two of length. */
const headLength = 9;
const kinds = ["tx", "rx", "opened", "closed", "broken"] as const;
const least = 256;

/** A queue of entries: added at one end, forgotten at the other. */
export class PackedEntries {
  #bytes = new Uint8Array(0);
  #from = 0;
  #to = 0;

  /** The time of the oldest entry; undefined if there is none. */
  get oldest(): number | undefined {
    return this.#from === this.#to ? undefined : this.#timeAt(this.#from);
  }

  /** The kind of the oldest entry; undefined if there is none. */
  get oldestKind(): (typeof kinds)[number] | undefined {
    return this.#from === this.#to ? undefined : this.#kindAt(this.#from);
  }

  /** How many bytes the oldest entry has. */
  get oldestLength(): number {
    return this.#from === this.#to ? 0 : this.#get16(this.#from + 7);
  }

  /** One of them, without making the entry. */
  oldestByte(at: number): number | undefined {
    return at < this.oldestLength ? this.#bytes[this.#from + headLength + at] : undefined;
  }

  /** Memory in use. */
  get room(): number {
    return this.#bytes.length;
  }

  /** Adds an entry, whose bytes are copied: at most 65535 of them. Times are whole milliseconds. */
  push(entry: CaptureEntry): void {
    const [kind, bytes] = "bytes" in entry ? [entry.dir, entry.bytes] : [entry.event, undefined];
    const length = bytes?.length ?? 0;
    this.#makeRoom(headLength + length);
    const at = this.#to;
    const time = Math.round(entry.t);
    this.#put32(at, time >>> 0);
    this.#put16(at + 4, Math.floor(time / 2 ** 32));
    this.#bytes[at + 6] = kinds.indexOf(kind);
    this.#put16(at + 7, length);
    if (bytes !== undefined) this.#bytes.set(bytes, at + headLength);
    this.#to += headLength + length;
  }

  /** Takes the oldest entry away. */
  shift(): CaptureEntry | undefined {
    if (this.#from === this.#to) return undefined;
    const entry = this.#entryAt(this.#from);
    this.#from = this.#after(this.#from);
    return entry;
  }

  /** Forgets the oldest entry, without making it. */
  drop(): void {
    if (this.#from !== this.#to) this.#from = this.#after(this.#from);
  }

  *[Symbol.iterator](): Generator<CaptureEntry> {
    for (let at = this.#from; at < this.#to; at = this.#after(at)) yield this.#entryAt(at);
  }

  #after(at: number): number {
    return at + headLength + this.#get16(at + 7);
  }

  #kindAt(at: number): (typeof kinds)[number] {
    return kinds[this.#bytes[at + 6] as number] ?? "broken";
  }

  #timeAt(at: number): number {
    return this.#get16(at + 4) * 2 ** 32 + this.#get16(at + 2) * 2 ** 16 + this.#get16(at);
  }

  #entryAt(at: number): CaptureEntry {
    const t = this.#timeAt(at);
    const kind = this.#kindAt(at);
    if (kind !== "tx" && kind !== "rx") return { t, event: kind };
    return { t, dir: kind, bytes: this.#bytes.slice(at + headLength, this.#after(at)) };
  }

  /** Moves what is kept to the front, and takes as much memory as it needs, not much less and not much more. */
  #makeRoom(more: number): void {
    if (this.#to + more <= this.#bytes.length) return;
    const held = this.#to - this.#from;
    const needed = held + more;
    const { length } = this.#bytes;
    const fits = needed <= 0.8 * length && (needed >= 0.3 * length || length <= least);
    const next = fits ? this.#bytes : new Uint8Array(Math.max(least, Math.ceil(1.5 * needed)));
    next.set(this.#bytes.subarray(this.#from, this.#to));
    this.#bytes = next;
    this.#from = 0;
    this.#to = held;
  }

  #put16(at: number, value: number): void {
    this.#bytes[at] = value & 0xff;
    this.#bytes[at + 1] = (value >> 8) & 0xff;
  }

  #put32(at: number, value: number): void {
    this.#put16(at, value & 0xffff);
    this.#put16(at + 2, value >>> 16);
  }

  #get16(at: number): number {
    return (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8);
  }
}
