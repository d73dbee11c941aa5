/** The link's waiting times, as one value. */

import type { Millis, TransportTiming } from "../../ports.ts";

/** How long the client waits for what. Page numbers are those of MEP guide 1.1. */
export interface LinkTiming {
  /** From the last byte of a request to the first of its response (p. 27). */
  readonly responseTimeout: Millis;
  /** The same for a step of a TLS handshake, in which the meter computes secrets; the guide says nothing of it. */
  readonly handshakeTimeout: Millis;
  /** How often a request is tried before it fails; 0x0C does not count. */
  readonly attempts: number;
  /** From one transmission to the next: the meter takes one request each 100 ms (p. 27). */
  readonly requestSpacing: Millis;
  /** An idle line for longer than this ends whatever frame was arriving. Responses pause for 25 ms (p. 27), bridges for longer. */
  readonly interByteTimeout: Millis;
  /** What a bridge (TCP, radio) adds to the way there and back. */
  readonly bridgeDelay: Millis;
  /** What one byte takes on the line: the wait for a response begins when the request is out. 0 where the transport tells nothing. */
  readonly byteTime: Millis;
  /** The longest that a wait may be stretched because bytes keep coming, counted from the request's last byte. */
  readonly longestResponse: Millis;
  /** How often in one request the meter may ask for another sequence number. */
  readonly resyncs: number;
  /** How many requests may wait. */
  readonly queueLimit: number;
}

/** For a meter at 9600 baud (10 bits a byte) on a local port. */
export const defaultLinkTiming: LinkTiming = {
  responseTimeout: 500,
  handshakeTimeout: 1000,
  attempts: 3,
  requestSpacing: 100,
  interByteTimeout: 250,
  bridgeDelay: 0,
  byteTime: 10_000 / 9600,
  longestResponse: 3000,
  resyncs: 3,
  queueLimit: 256,
};

/** The longest message with its length field. */
const longestMessage = 478;

/**
 * What a transport's own times change.
 *
 * @example
 * linkTimingOf({ delay: 200 }) // { bridgeDelay: 200 }
 * linkTimingOf({ byteTime: 100 / 3 }).longestResponse // 16433.333333333336
 */
export const linkTimingOf = ({ delay, gap, byteTime }: TransportTiming = {}): Partial<LinkTiming> => {
  const { responseTimeout, longestResponse } = defaultLinkTiming;
  return {
    ...(delay === undefined ? {} : { bridgeDelay: delay }),
    ...(gap === undefined ? {} : { interByteTimeout: gap }),
    ...(byteTime === undefined
      ? {}
      : { byteTime, longestResponse: Math.max(longestResponse, responseTimeout + longestMessage * byteTime) }),
  };
};
