/** The meter's waiting times, as one value. */

import type { Millis } from "../../ports.ts";

/** How a meter paces itself. Page numbers are those of MEP guide 1.1. */
export interface EndpointTiming {
  /** A longer gap inside a request ends it (p. 27). */
  readonly interByteTimeout: Millis;
  /** At least this from one response's begin to the next one's (p. 27: one request each 100 ms). */
  readonly requestSpacing: Millis;
  /** From a request's last byte to its response at the earliest. */
  readonly responseDelay: Millis;
  /** Bytes after which a longer response pauses (p. 27). */
  readonly segment: number;
  /** How long it pauses. */
  readonly segmentPause: Millis;
  /** From alert to alert (p. 23). */
  readonly alertPeriod: Millis;
  /** No alert for so long after a frame has come (p. 27). */
  readonly alertHoldOff: Millis;
  /** What one byte takes to be sent; 0 where the line itself sees to it. */
  readonly byteTime: Millis;
}

/** As the guide has it. */
export const defaultEndpointTiming: EndpointTiming = {
  interByteTimeout: 50,
  requestSpacing: 100,
  responseDelay: 0,
  segment: 117,
  segmentPause: 25,
  alertPeriod: 1000,
  alertHoldOff: 1000,
  byteTime: 0,
};
