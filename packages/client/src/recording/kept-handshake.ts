/** The handshake of a TLS session, for a capture that begins later: without it nothing that follows can be decrypted. */
import type { CaptureEntry } from "@meterport/protocol/capture/capture";
import { Deframer } from "@meterport/protocol/mep/frame/frame";
import { asksInTls, tlsCode } from "@meterport/protocol/mep/security/mep-tls/envelope";

/** A handshake has some 700 bytes; one buried in more noise is dropped. */
const longest = 32 * 1024;
/** What an entry costs beside its bytes. */
const overhead = 64;

type BytesEntry = Extract<CaptureEntry, { readonly bytes: Uint8Array }>;

/** Entries of the last handshake seen, until its first request. */
export class KeptHandshake {
  readonly #sent = new Deframer();
  #kept: BytesEntry[] = [];
  /** Entries since the last frame that was sent whole. */
  #since: BytesEntry[] = [];
  #length = 0;
  #shaking = false;

  /** The entries of the capture, in order; none without TLS. */
  get entries(): readonly CaptureEntry[] {
    return this.#shaking ? [...this.#kept, ...this.#since] : this.#kept;
  }

  /** Takes the next entry, and keeps it as it is. */
  see(entry: CaptureEntry): void {
    if (!("bytes" in entry)) return;
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
