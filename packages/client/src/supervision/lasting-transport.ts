/** A transport that outlives its pipes, so that a session need not end with each of them. */
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Transport, TransportSpeed, TransportTiming } from "@meterport/protocol/ports";
import { asLinkError } from "../session/as-link-error.ts";
import { Intake } from "./intake.ts";

const gone = Symbol("gone");

/** While no pipe is attached, written bytes are lost, as on a cut wire. Reading ends only when it is closed. */
export class LastingTransport implements Transport {
  readonly name: string;
  readonly timing: TransportTiming;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly speed?: TransportSpeed;
  readonly #onEnd: (error: LinkError) => void;
  readonly #clock: Clock;
  #pipe: Transport | undefined;
  #leave: () => void = () => {};
  #arrive: () => void = () => {};
  #closed = false;
  #received = 0;

  /** `onEnd` is called when a pipe ends or breaks, unless we closed it. */
  constructor(pipe: Transport, clock: Clock, onEnd: (error: LinkError) => void) {
    this.#clock = clock;
    this.name = pipe.name;
    this.timing = pipe.timing ?? {};
    const { speed } = pipe;
    // Each pipe begins at its own speed; a caller that changed the last one's notices that nothing answers.
    if (speed !== undefined)
      this.speed = { baudRate: speed.baudRate, change: async (rate) => this.#pipe?.speed?.change(rate) };
    this.#onEnd = onEnd;
    const pieces = this.#pieces();
    this.chunks = { [Symbol.asyncIterator]: () => pieces };
    this.attach(pipe);
  }

  get attached(): boolean {
    return this.#pipe !== undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that came through the present pipe. */
  get received(): number {
    return this.#received;
  }

  /** Continues with another pipe. */
  attach(pipe: Transport): void {
    this.#pipe = pipe;
    this.#received = 0;
    this.#arrive();
  }

  /** Closes the present pipe without ending anything else. */
  async detach(): Promise<void> {
    const pipe = this.#pipe;
    this.#pipe = undefined;
    this.#leave();
    await pipe?.close();
  }

  readonly write = async (bytes: Uint8Array): Promise<void> => {
    const pipe = this.#pipe;
    if (this.#closed) throw new LinkError("closed", this.name, "the link is closed");
    try {
      await pipe?.write(bytes);
    } catch (cause) {
      this.#over(pipe, asLinkError(cause, this.name));
    }
  };

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    this.#arrive();
    await this.detach();
  };

  /** What all pipes give, one after the other. Not an async generator, which takes a dozen promises for each piece. */
  #pieces(): AsyncIterator<Uint8Array> {
    let pipe: Transport | undefined;
    let pieces: AsyncIterator<Uint8Array> | undefined;
    let intake = new Intake();
    /** Length of the last piece. */
    let taken = 0;
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      for (;;) {
        const rest = taken === 0 ? 0 : intake.take(taken, this.#clock.now());
        taken = 0;
        if (rest > 0 && pipe !== undefined) await this.#rest(pipe, rest);
        if (pipe === undefined || pieces === undefined || this.#pipe !== pipe) {
          while (this.#pipe === undefined && !this.#closed) await this.#arrival();
          // Not the result of a promise: it might be gone again.
          pipe = this.#pipe;
          if (pipe === undefined) return { done: true, value: undefined };
          pieces = pipe.chunks[Symbol.asyncIterator]();
          intake = new Intake();
        }
        try {
          const piece = await this.#unlessLeft(pieces.next());
          if (piece !== gone && piece.done !== true) {
            taken = piece.value.length;
            this.#received += taken;
            return piece;
          }
          this.#over(pipe, new LinkError("closed", this.name, "the other side closed the connection"));
        } catch (cause) {
          this.#over(pipe, asLinkError(cause, this.name));
        }
        pipe = undefined;
      }
    };
    return { next };
  }

  /** Waits for the next pipe, or the end. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrive = resolve;
    });
  }

  /** Not `Promise.race` with one promise for all pieces, which would remember each of them. */
  #unlessLeft<T>(piece: Promise<T>): Promise<T | typeof gone> {
    return new Promise((resolve, reject) => {
      this.#leave = () => resolve(gone);
      piece.then(resolve, reject);
    });
  }

  /** Makes a flooding peer wait, until the pipe is left. */
  async #rest(pipe: Transport, time: Millis): Promise<void> {
    if (this.#pipe !== pipe) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.at(this.#clock.now() + time, resolve);
      this.#leave = () => {
        cancel();
        resolve();
      };
    });
  }

  #over(pipe: Transport | undefined, error: LinkError): void {
    if (pipe === undefined || this.#pipe !== pipe) return;
    // A broken pipe may fail to close too.
    this.detach().catch(() => {});
    this.#onEnd(error);
  }
}
