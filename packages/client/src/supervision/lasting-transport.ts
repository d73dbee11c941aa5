/** A transport that outlives its pipes, so that a session need not end with each of them. */
import { LinkError } from "@meterport/protocol/errors";
import type { Chunks, Clock, Receiver, Transport, TransportSpeed, TransportTiming } from "@meterport/protocol/ports";
import { asLinkError } from "../session/as-link-error.ts";
import { handing, iterated } from "./handed-pieces.ts";
import { Intake } from "./intake.ts";

/** Reads one pipe. */
interface Reading {
  readonly pipe: Transport;
  readonly intake: Intake;
  /** Asks the pipe for more, after it was told that it is enough. */
  more: () => void;
  /** Ends the rest of a flooding peer; undefined while there is none. */
  cancelRest: (() => void) | undefined;
  /** Whether its reader wants more. */
  wanted: boolean;
}

const nothing = (): void => {};

/** While no pipe is attached, written bytes are lost, as on a cut wire. Reading ends only when it is closed. */
export class LastingTransport implements Transport {
  readonly name: string;
  readonly timing: TransportTiming;
  readonly speed?: TransportSpeed;
  readonly #onEnd: (error: LinkError) => void;
  readonly #clock: Clock;
  #pipe: Transport | undefined;
  /** Who reads it; undefined until somebody does. */
  #receiver: Receiver | undefined;
  #reading: Reading | undefined;
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
    this.#pipe = pipe;
  }

  get chunks(): Chunks {
    const handTo = (receiver: Receiver): (() => void) => {
      this.#receiver = receiver;
      if (this.#closed) void Promise.resolve().then(() => receiver.end());
      else this.#read();
      return () => this.#more();
    };
    return { [Symbol.asyncIterator]: () => iterated(handTo), handTo };
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
    this.#read();
  }

  /** Closes the present pipe without ending anything else. */
  async detach(): Promise<void> {
    const pipe = this.#pipe;
    this.#pipe = undefined;
    this.#reading?.cancelRest?.();
    this.#reading = undefined;
    await pipe?.close();
  }

  readonly write = (bytes: Uint8Array): Promise<void> => {
    const pipe = this.#pipe;
    if (this.#closed) return Promise.reject(new LinkError("closed", this.name, "the link is closed"));
    if (pipe === undefined) return Promise.resolve();
    const broke = (cause: unknown): void => this.#over(pipe, asLinkError(cause, this.name));
    try {
      return pipe.write(bytes).catch(broke);
    } catch (cause) {
      broke(cause);
      return Promise.resolve();
    }
  };

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    const left = this.detach();
    receiver?.end();
    await left;
  };

  /** Reads the present pipe, once somebody wants what comes. */
  #read(): void {
    const [pipe, receiver] = [this.#pipe, this.#receiver];
    if (pipe === undefined || receiver === undefined) return;
    const reading: Reading = { pipe, intake: new Intake(), more: nothing, cancelRest: undefined, wanted: true };
    this.#reading = reading;
    const handTo = pipe.chunks.handTo ?? handing(pipe.chunks);
    reading.more = handTo({
      take: (bytes) => this.#reading === reading && this.#take(reading, receiver, bytes),
      end: (error) => {
        if (this.#reading !== reading) return;
        const gone = error ?? new LinkError("closed", this.name, "the other side closed the connection");
        this.#over(pipe, asLinkError(gone, this.name));
      },
    });
  }

  #more(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    reading.wanted = true;
    if (reading.cancelRest === undefined) reading.more();
  }

  /** A flooding peer waits before its next piece is taken, until the pipe is left. */
  #take(reading: Reading, receiver: Receiver, bytes: Uint8Array): boolean {
    this.#received += bytes.length;
    const now = this.#clock.now();
    const rest = reading.intake.take(bytes.length, now);
    if (rest > 0)
      reading.cancelRest = this.#clock.at(now + rest, () => {
        reading.cancelRest = undefined;
        if (reading.wanted) reading.more();
      });
    reading.wanted = receiver.take(bytes);
    return reading.wanted && rest === 0;
  }

  #over(pipe: Transport | undefined, error: LinkError): void {
    if (pipe === undefined || this.#pipe !== pipe) return;
    // A broken pipe may fail to close too.
    this.detach().catch(() => {});
    this.#onEnd(error);
  }
}
