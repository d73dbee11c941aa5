/** A watched transport, lent to one session after the other. */

import { asLinkError } from "@meterport/client/session/as-link-error";
import { LinkError } from "@meterport/protocol/errors";
import type { Millis, Transport } from "@meterport/protocol/ports";
import { type FrameCounter, MepFrames } from "./frame-counter.ts";

/** How many received bytes are examined for what they have in common. */
const looked = 4096;
/** No message repeats one byte this often: a line that worked is stuck. */
const longestRun = 1024;
/** Chunks that may wait for a session that does not read them. */
const mostWaiting = 1024;

/** What came in, whether or not a session read it. */
export interface Heard {
  readonly bytes: number;
  readonly alerts: number;
  readonly frames: number;
  readonly garbage: number;
  /** The byte that makes up nearly everything received, if the line is stuck. */
  readonly only: number | undefined;
}

class Loan implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #ended: { readonly error: LinkError | undefined } | undefined;

  give(bytes: Uint8Array): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(bytes);
    this.#wake?.();
  }

  end(error: LinkError | undefined): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (this.#ended !== undefined) {
        if (this.#ended.error !== undefined) throw this.#ended.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}

export class Tap {
  readonly #transport: Transport;
  readonly #frames: FrameCounter;
  readonly #counts = new Uint32Array(256);
  #bytes = 0;
  /** The last byte, and how often it came in a row. */
  #last: number | undefined;
  #run = 0;
  #loan: Loan | undefined;
  #ended: { readonly error: LinkError | undefined } | undefined;

  constructor(transport: Transport, frames: FrameCounter = new MepFrames()) {
    this.#transport = transport;
    this.#frames = frames;
    void this.#pump();
  }

  get heard(): Heard {
    return {
      bytes: this.#bytes,
      alerts: this.#frames.alerts,
      frames: this.#frames.frames,
      garbage: this.#frames.garbage,
      only: this.#only(),
    };
  }

  /** Whether the other side closed the pipe, or it broke. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** The pipe for one more session; the session before it gets no more bytes. Closing it leaves the pipe open. */
  lend(timing: { readonly delay?: Millis } = {}): Transport {
    this.#loan?.end(undefined);
    const loan = new Loan();
    this.#loan = loan;
    if (this.#ended !== undefined) loan.end(this.#ended.error);
    const { name, write } = this.#transport;
    const send = (bytes: Uint8Array): Promise<void> => {
      if (this.#loan !== loan) return Promise.reject(new LinkError("closed", name, "lent to another session"));
      this.#frames.sent(bytes);
      return write(bytes);
    };
    return {
      name,
      timing: { ...this.#transport.timing, ...timing },
      write: send,
      chunks: loan,
      close: async () => loan.end(undefined),
    };
  }

  close(): Promise<void> {
    this.#end(undefined);
    return this.#transport.close();
  }

  /** A line whose level does not move gives one byte over and over; two zero bytes are an alert, not a stuck line. */
  #only(): number | undefined {
    if (this.#run >= longestRun) return this.#last;
    const most = this.#counts.indexOf(Math.max(...this.#counts));
    const seen = Math.min(this.#bytes, looked);
    const alerting = most === 0 && this.#bytes <= 4 * this.#frames.alerts && this.#frames.alerts < 16;
    return seen >= 64 && (this.#counts[most] ?? 0) >= 0.95 * seen && !alerting ? most : undefined;
  }

  #end(error: LinkError | undefined): void {
    this.#ended ??= { error };
    this.#loan?.end(error);
  }

  async #pump(): Promise<void> {
    try {
      for await (const bytes of this.#transport.chunks) {
        this.#note(bytes);
        this.#loan?.give(bytes);
      }
      this.#end(undefined);
    } catch (cause) {
      this.#end(asLinkError(cause, this.#transport.name));
    }
  }

  #note(bytes: Uint8Array): void {
    for (const byte of bytes.subarray(0, Math.max(0, looked - this.#bytes)))
      this.#counts[byte] = (this.#counts[byte] ?? 0) + 1;
    for (const byte of bytes) {
      this.#run = byte === this.#last ? this.#run + 1 : 1;
      this.#last = byte;
    }
    this.#bytes += bytes.length;
    this.#frames.received(bytes);
  }
}
