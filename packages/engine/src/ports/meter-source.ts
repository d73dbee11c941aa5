/** The narrow port behind which the link to a meter stands: the point loop knows nothing of frames or transports. */
import type { LogEvent } from "@meterport/client/readers/events";
import type { LinkStatus } from "@meterport/client/supervision/link-status";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { MeterIdentity } from "../model/point-model.ts";

/** One meter, kept in reach by whatever stands behind. */
export interface MeterSource {
  /** Begins to look for the meter. */
  readonly start: () => void;
  /** How its link is now. */
  readonly status: () => LinkStatus;
  /** Calls `listener` when the link's state or its cause changes, until the returned function is called. */
  readonly listen: (listener: (status: LinkStatus) => void) => () => void;
  /** What the meter said of itself when it was met last; null before. */
  readonly identity: () => MeterIdentity | null;
  /** One live poll, within `limit` milliseconds. @throws MeterportError; at once while the meter does not answer */
  readonly read: (limit: Millis) => Promise<LiveReading>;
  /**
   * The newest entries of the meter's event log, newest first, at most `count`, within `limit` milliseconds.
   *
   * @throws MeterportError; at once while the meter does not answer
   */
  readonly events: (count: number, limit: Millis) => Promise<readonly LogEvent[]>;
  /** Ends everything. */
  readonly close: () => Promise<void>;
}
