/** What happened at a metering point: entries of the meter's logs, outages, alarms, and our own findings. */
import type { Millis } from "@meterport/protocol/ports";

/** Who says so. */
export const eventOrigins = ["meter", "outage", "alarm", "gateway"] as const;
export type EventOrigin = (typeof eventOrigins)[number];

export interface PointEvent {
  readonly point: string;
  /**
   * The same event has the same id whenever it is read: "log:4711", "outage:1764411600000", "register-leap:1764411600000". The same
   * again changes nothing; other contents, such as an end, replace it.
   */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: Millis;
  /** When it ended; null while it lasts or if it has no length. */
  readonly until: Millis | null;
  /** A stable code: "meter-exchange", "register-leap", "outage", "alarm", "log" … */
  readonly kind: string;
  /** The meter's number of the event; null for our own. */
  readonly number: number | null;
  readonly origin: EventOrigin;
  /** Details as JSON. */
  readonly detail: string;
}

/**
 * What Meterport found by itself. The same kind at the same moment is the same event.
 *
 * @example
 * foundEvent("home", "register-leap", 1764411600000, { name: "energy_import_wh" }).id // "register-leap:1764411600000"
 */
export const foundEvent = (
  point: string,
  kind: string,
  time: Millis,
  detail: unknown,
  until: Millis | null = null,
): PointEvent => ({
  ...{ point, id: `${kind}:${time}`, time, until, kind, number: null, origin: "gateway" },
  detail: JSON.stringify(detail),
});
