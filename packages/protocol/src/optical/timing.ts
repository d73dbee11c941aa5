/** Waiting times of the optical port, as one value. */
import type { Millis } from "../ports.ts";

/** What both ends need. The figures are those of ANSI C12.18-1996. */
export interface ChannelTiming {
  /** From the last byte of a packet to its acknowledgement. */
  readonly responseTimeout: Millis;
  /** A longer silence inside a packet ends it. */
  readonly interByteTimeout: Millis;
  /** How often a packet is repeated that was refused or not acknowledged. */
  readonly retries: number;
  /** How often the first packet of a session is repeated beyond that where NAK or rubbish came: a meter that wakes up, or changes over from its MEP port, takes a few. */
  readonly openingRepeats: number;
  /** From such a NAK to the repetition. */
  readonly openingPause: Millis;
  /** A channel without traffic for this long is over. */
  readonly trafficTimeout: Millis;
  /** What a bridge (TCP, radio) adds to the way there and back. */
  readonly bridgeDelay: Millis;
  /** What one byte takes on the line; 0 where the line itself sees to it. */
  readonly byteTime: Millis;
}

/** As the standard has it, for a line that tells nothing of its own speed. */
export const defaultChannelTiming: ChannelTiming = {
  responseTimeout: 2_000,
  interByteTimeout: 500,
  retries: 3,
  openingRepeats: 6,
  openingPause: 100,
  trafficTimeout: 6_000,
  bridgeDelay: 0,
  byteTime: 0,
};

/** What a client needs beside it. */
export interface OpticalTiming extends ChannelTiming {
  /** An idle channel is kept for this long with Wait services, then ended: meanwhile the MEP port of older meters is dead. */
  readonly holdTime: Millis;
  /** Seconds that one Wait service asks for, 1 to 255. */
  readonly waitSeconds: number;
  /** Before a request is repeated that the meter was too busy for. */
  readonly busyPause: Millis;
  /** How often it is repeated. */
  readonly busyRetries: number;
  /** How often one request may set up the session again. */
  readonly renewals: number;
  /**
   * A session is ended and begun again after this long: meters may end one of ten minutes by themselves, and then hear nothing for
   * five (ET51.4 and ET51.6; from firmware 4.0 in ET55).
   */
  readonly sessionLimit: Millis;
  /** Bytes 0x55 that go out before each session, for heads or meters that have to be woken; 0 for none. */
  readonly wakeBytes: number;
  /** From one of them to the next, and from the last to the Identification. */
  readonly wakeSpacing: Millis;
  /** Between the last byte at one speed and the first at another: the meter changes its own meanwhile. */
  readonly speedPause: Millis;
  /** How many requests may wait. */
  readonly queueLimit: number;
}

/** For a meter at 9600 baud (10 bits a byte) under an optical head. */
export const defaultOpticalTiming: OpticalTiming = {
  ...defaultChannelTiming,
  byteTime: 10_000 / 9600,
  holdTime: 60_000,
  waitSeconds: 10,
  busyPause: 500,
  busyRetries: 5,
  renewals: 2,
  sessionLimit: 540_000,
  wakeBytes: 0,
  wakeSpacing: 50,
  speedPause: 100,
  queueLimit: 256,
};
