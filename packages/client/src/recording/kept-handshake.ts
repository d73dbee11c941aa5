/** The handshake of a TLS session, for a capture that begins later: without it nothing that follows can be decrypted. */
import type { CaptureEntry } from "@meterport/protocol/capture/capture";
import { Deframer, lengthField, maxBody } from "@meterport/protocol/mep/frame/frame";
import { asksInTls, tlsCode } from "@meterport/protocol/mep/security/mep-tls/envelope";
import type { PackedEntries } from "./packed-entries.ts";

/** A handshake has some 700 bytes; one buried in more noise is dropped. */
const longest = 32 * 1024;
/** What an entry costs beside its bytes. */
const overhead = 64;

const tlsCodes: ReadonlySet<number | undefined> = new Set(Object.values(tlsCode));

type BytesEntry = Extract<CaptureEntry, { readonly bytes: Uint8Array }>;

/** Entries of the last handshake seen, until its first request. */
export class KeptHandshake {
  /** Undefined until something comes that may belong to a handshake: most links know none. */
  #sent: Deframer | undefined;
  #kept: BytesEntry[] = [];
  /** Entries since the last frame that was sent whole. */
  #since: BytesEntry[] = [];
  #length = 0;
  #shaking = false;

  /** The entries of the capture, in order; none without TLS. */
  get entries(): readonly CaptureEntry[] {
    return this.#shaking ? [...this.#kept, ...this.#since] : this.#kept;
  }

  /**
   * Whether the oldest entry would change nothing, as each of a link without TLS: an answer outside of a handshake, or one whole request
   * of another kind. Then it need not be made to be seen.
   */
  ignores(entries: Pick<PackedEntries, "oldestKind" | "oldestLength" | "oldestByte">): boolean {
    const { oldestKind, oldestLength } = entries;
    if (oldestKind !== "tx") return oldestKind !== "rx" || !this.#shaking;
    if (this.#shaking || this.#since.length > 0 || (this.#sent?.pending ?? 0) > 0) return false;
    const [high = 0, low = 0, code] = [entries.oldestByte(0), entries.oldestByte(1), entries.oldestByte(2)];
    const body = (high << 8) | low;
    return body > 0 && body <= maxBody && lengthField + body === oldestLength && !tlsCodes.has(code);
  }

  /** Takes the next entry, and keeps it as it is. */
  see(entry: CaptureEntry): void {
    if (!("bytes" in entry)) return;
    // An answer counts only within a handshake.
    if (entry.dir === "rx" && !this.#shaking) return;
    this.#sent ??= new Deframer();
    this.#since.push(entry);
    this.#length += entry.bytes.length + overhead;
    if (entry.dir === "tx")
      for (const event of this.#sent.push(entry.bytes)) if (event.type === "frame") this.#frame(event.body);
    if (this.#length <= longest) return;
    this.#let();
    this.#sent.reset();
  }

  #frame(body: Uint8Array): void {
    const code = asksInTls(body) ? body[0] : undefined;
    if (code === tlsCode.handshake) {
      // Answers to the last handshake are no longer useful; the pieces of this hello are.
      this.#kept = this.#since.filter(({ dir }) => dir === "tx");
      this.#shaking = true;
    } else if (this.#shaking) {
      this.#shaking = code === tlsCode.handshakeContinued;
      if (this.#shaking) this.#kept.push(...this.#since);
      // The answer to its last step came before the first request.
      else this.#kept.push(...this.#since.filter(({ dir }) => dir === "rx"));
    }
    this.#since = [];
    this.#length = 0;
  }

  #let(): void {
    if (this.#shaking) this.#kept = [];
    this.#shaking = false;
    this.#since = [];
    this.#length = 0;
  }
}
