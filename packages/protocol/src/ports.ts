/** What the outside lends to pure code: a byte pipe, time and randomness. Types only. */

/** Milliseconds. */
export type Millis = number;

/** Time as an argument: without it nothing in Meterport can wait, so tests run in virtual time. */
export interface Clock {
  /** Milliseconds from an arbitrary start, never running backwards: for deadlines. */
  readonly now: () => Millis;
  /** Milliseconds since 1970-01-01T00:00Z: for time stamps. May be stepped by its owner. */
  readonly wall: () => Millis;
  /** Runs `task` once `now()` has reached `time`; the returned function cancels it. */
  readonly at: (time: Millis, task: () => void) => () => void;
}

/** What a pipe adds to the times of the line itself. */
export interface TransportTiming {
  /** On the way there and back: a bridge over a network, a radio. */
  readonly delay?: Millis;
  /** Longest silence inside a reply. */
  readonly gap?: Millis;
  /** What one byte takes on the line, where its speed is known. */
  readonly byteTime?: Millis;
}

/** The speed of a line that can be changed while it is open, in bits per second. */
export interface TransportSpeed {
  /** The rate at which it was opened. */
  readonly baudRate: number;
  /** Sends everything written first. Rejects with a `LinkError` if the rate is not accepted. */
  readonly change: (baudRate: number) => Promise<void>;
}

/** Takes what a pipe receives as it comes. */
export interface Receiver {
  /** Takes bytes that will not change again. Returns whether it wants more: if not, it says so later. */
  readonly take: (bytes: Uint8Array) => boolean;
  /** No more will come: the pipe was closed, or broke with an error. */
  readonly end: (error?: unknown) => void;
}

/** Received bytes in arbitrary pieces, for one consumer. Ends when the pipe is closed, throws a `LinkError` when it broke. */
export interface Chunks extends AsyncIterable<Uint8Array> {
  /**
   * Hands them to a receiver instead of a loop, where the pipe can do that: promises for each piece cost more than the piece. The first comes
   * after the call has returned. What it returns asks for more, after a piece that was enough.
   */
  readonly handTo?: ((receiver: Receiver) => () => void) | undefined;
}

/** A byte pipe. Everything that differs between a serial port, a socket and a browser port ends here. */
export interface Transport {
  /** For messages: "tcp://127.0.0.1:4059", "/dev/ttyUSB0". */
  readonly name: string;
  /** Where it differs from a local port at 9600 baud. */
  readonly timing?: TransportTiming;
  /** Where it can be changed. */
  readonly speed?: TransportSpeed;
  /** Resolves when the bytes are handed to the system. Rejects with a `LinkError` where the pipe is gone. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly chunks: Chunks;
  /** May be called more than once. */
  readonly close: () => Promise<void>;
}

/** Random bytes of the given length. */
export type Entropy = (length: number) => Uint8Array;

/** What ends a call early: the part of a standard `AbortSignal` that is used, without needing its types. */
export interface Signal {
  readonly aborted: boolean;
  readonly addEventListener: (type: "abort", listener: () => void, options?: { readonly once?: boolean }) => void;
  readonly removeEventListener: (type: "abort", listener: () => void) => void;
}
