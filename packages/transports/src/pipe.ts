/** What all pipes have in common: received bytes for one consumer, writes on their way, and an end that comes once. */
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { ByteQueue } from "./byte-queue.ts";

/** Bytes that may wait to be sent to a peer that does not read. */
const unsentLimit = 64 * 1024;

export interface PipeOptions {
  readonly name: string;
  /** Copies what is to be sent, since the caller may use its array again at once; `slice` if omitted. */
  readonly copy?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** Passes on bytes that will not change again; resolves when they are out, rejects with the reason if they are not. */
  readonly send: (bytes: Uint8Array, done: (error?: unknown) => void) => void;
  /** Ends what lies below; called once. */
  readonly shut: () => Promise<void>;
  /** A wire loses what nobody hears; a connection to a peer that does not read is broken. */
  readonly unread: "lost" | "broken";
  /** Called when a queue that was full has room again. */
  readonly onRoom?: (() => void) | undefined;
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const sliceOf = (bytes: Uint8Array): Uint8Array => bytes.slice();

export class Pipe {
  readonly #options: PipeOptions;
  readonly #queue: ByteQueue;
  /** Of the writes on their way, nearly always one. */
  readonly #unsettled: ((error: LinkError) => void)[] = [];
  #unsent = 0;
  #closing: Promise<void> | undefined;

  constructor(options: PipeOptions) {
    this.#options = options;
    this.#queue = new ByteQueue(options.onRoom ?? (() => {}));
  }

  get ended(): boolean {
    return this.#queue.ended;
  }

  get full(): boolean {
    return this.#queue.full;
  }

  /** Takes received bytes that will not change again; returns whether there is room for more. */
  receive(bytes: Uint8Array): boolean {
    return this.#queue.push(bytes);
  }

  /** The other side ended it: cleanly if no sentence is given. Does nothing if we have closed it already. */
  end(detail?: string, cause?: unknown): void {
    if (this.#closing === undefined) this.#finish(detail === undefined ? undefined : this.#error(detail, cause));
  }

  /** The pipe as its users see it. */
  transport(): Transport {
    const { name } = this.#options;
    return {
      name,
      chunks: this.#queue.chunks(),
      write: (bytes) => this.#write(bytes),
      close: () => this.#close(),
    };
  }

  #error(detail: string, cause?: unknown): LinkError {
    return new LinkError("closed", this.#options.name, detail, { cause });
  }

  #finish(error?: LinkError): void {
    this.#queue.end(error);
    const failure = error ?? this.#error("the connection is closed");
    for (const reject of this.#unsettled.splice(0)) reject(failure);
  }

  #close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#finish();
      this.#closing = this.#options.shut();
    }
    return this.#closing;
  }

  /** Whether it was still on its way; what was sent first is out first. */
  #settled(reject: (error: LinkError) => void): boolean {
    if (this.#unsettled[0] === reject) {
      this.#unsettled.shift();
      return true;
    }
    const at = this.#unsettled.indexOf(reject);
    if (at >= 0) this.#unsettled.splice(at, 1);
    return at >= 0;
  }

  #write(bytes: Uint8Array): Promise<void> {
    const { send, unread, copy = sliceOf } = this.#options;
    const { length } = bytes;
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.#error("the connection is closed"));
      if (this.#unsent + length > unsentLimit) {
        if (unread === "lost") return resolve();
        const error = this.#error("the other side does not read what is sent to it");
        this.#finish(error);
        void this.#close();
        return reject(error);
      }
      this.#unsent += length;
      this.#unsettled.push(reject);
      send(copy(bytes), (cause) => {
        this.#unsent -= length;
        if (!this.#settled(reject)) return;
        if (cause === null || cause === undefined) resolve();
        else reject(this.#error(`the connection broke: ${reasonOf(cause)}`, cause));
      });
    });
  }
}
