/** The handshake of a TLS session, for a capture that begins later: without it nothing that follows can be decrypted. */
import { parseCaptureLine } from "@meterport/protocol/capture/capture";
import { Deframer } from "@meterport/protocol/mep/frame/frame";
import { asksInTls, tlsCode } from "@meterport/protocol/mep/security/mep-tls/envelope";

/** A handshake has some 1500 characters; one buried in more noise is dropped. */
const longest = 64 * 1024;

/** Lines of the last handshake seen, until its first request. */
export class KeptHandshake {
  readonly #sent = new Deframer();
  #kept: string[] = [];
  /** Lines since the last frame that was sent whole. */
  #since: string[] = [];
  #length = 0;
  #shaking = false;

  /** The lines of the capture, in order; none without TLS. */
  get lines(): readonly string[] {
    return this.#shaking ? [...this.#kept, ...this.#since] : this.#kept;
  }

  /** Takes the next line. */
  see(line: string): void {
    const entry = parseCaptureLine(line);
    if (!("bytes" in entry)) return;
    this.#since.push(line);
    this.#length += line.length;
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
      this.#kept = this.#since.filter((line) => line.includes('"tx"'));
      this.#shaking = true;
    } else if (this.#shaking) {
      this.#shaking = code === tlsCode.handshakeContinued;
      if (this.#shaking) this.#kept.push(...this.#since);
      // The answer to its last step came before the first request.
      else this.#kept.push(...this.#since.filter((line) => line.includes('"rx"')));
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
