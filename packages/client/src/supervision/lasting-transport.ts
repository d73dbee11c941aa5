/** A transport that outlives its pipes, so that a session need not end with each of them. */
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Transport, TransportSpeed, TransportTiming } from "@meterport/protocol/ports";
import { asLinkError } from "../session/as-link-error.ts";
import { Intake } from "./intake.ts";

/** Reads one pipe. */
interface Reading {
  readonly pipe: Transport;
  readonly pieces: AsyncIterator<Uint8Array>;
  readonly intake: Intake;
  readonly came: (piece: IteratorResult<Uint8Array>) => void;
  readonly broke: (cause: unknown) => void;
  readonly left: () => void;
}

type Piece = IteratorResult<Uint8Array>;

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
    this.#arrive();
    await this.detach();
  };

  /**
   * What all pipes give, one after the other. One promise for each piece, and none for all of them: an async generator takes a dozen for
   * each, and `Promise.race` with one that stays would remember each piece.
   */
  #pieces(): AsyncIterator<Uint8Array> {
    let reading: Reading | undefined;
    /** Length of the last piece. */
    let taken = 0;
    type Give = (piece: Piece | Promise<Piece>) => void;
    /** Undefined while nobody waits for a piece. */
    let waiting: Give | undefined;
    const hold = (resolve: Give): void => {
      waiting = resolve;
    };
    const take = (): Give | undefined => {
      const give = waiting;
      waiting = undefined;
      return give;
    };
    const follow = (pipe: Transport): Reading => {
      const end = (error: LinkError | undefined): void => {
        if (reading !== mine) return;
        if (error !== undefined) this.#over(pipe, error);
        reading = undefined;
        const give = take();
        give?.(onwards(0));
      };
      const mine: Reading = {
        pipe,
        pieces: pipe.chunks[Symbol.asyncIterator](),
        intake: new Intake(),
        came: (piece) => {
          if (reading !== mine) return;
          if (piece.done === true) {
            end(new LinkError("closed", this.name, "the other side closed the connection"));
            return;
          }
          taken = piece.value.length;
          this.#received += taken;
          take()?.(piece);
        },
        broke: (cause) => end(asLinkError(cause, this.name)),
        left: () => end(undefined),
      };
      return mine;
    };
    const piece = ({ pieces, came, broke, left }: Reading): Promise<Piece> => {
      const promised = new Promise<Piece>(hold);
      this.#leave = left;
      pieces.next().then(came, broke);
      return promised;
    };
    const onwards = async (rest: Millis): Promise<Piece> => {
      if (rest > 0 && reading !== undefined) await this.#rest(reading.pipe, rest);
      while (this.#pipe === undefined && !this.#closed) await this.#arrival();
      // Not the result of a promise: it might be gone again.
      const pipe = this.#pipe;
      if (pipe === undefined) return { done: true, value: undefined };
      if (reading?.pipe !== pipe) reading = follow(pipe);
      return piece(reading);
    };
    const next = (): Promise<Piece> => {
      const rest = taken === 0 ? 0 : (reading?.intake.take(taken, this.#clock.now()) ?? 0);
      taken = 0;
      if (rest > 0 || reading === undefined || reading.pipe !== this.#pipe) return onwards(rest);
      return piece(reading);
    };
    return { next };
  }

  /** Waits for the next pipe, or the end. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrive = resolve;
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
