/** The narrow port to the link of a meter: the point loop knows nothing about frames or transports. */
import type { LiveReader, Meter } from "@meterport/client";
import type { LogEvent } from "@meterport/client/readers/events";
import type { LinkCondition, LinkStatus } from "@meterport/client/supervision/link-status";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis, Signal } from "@meterport/protocol/ports";
import type { MeterIdentity } from "../model/point-model.ts";

/** Work that uses a meter: its readers, any table. */
export interface MeterTask<T> {
  /** What it does, for errors: "read the load profile". */
  readonly label: string;
  /** Longest time for it. */
  readonly limit: Millis;
  /** Called with a connected meter; other work may use the meter between its requests. */
  readonly run: (meter: Meter, signal: Signal) => Promise<T>;
}

export type LivePlan = Pick<LiveReader, "plan" | "energyUnit" | "ratios">;

/** One meter; the implementation keeps it in reach. */
export interface MeterSource {
  /** Starts looking for the meter. */
  readonly start: () => void;
  /** The present state of its link. */
  readonly status: () => LinkStatus;
  /** The same without its counters, which the loop of a point asks for several times for each reading; taken from `status` if omitted. */
  readonly condition?: (() => LinkCondition) | undefined;
  /** Calls `listener` when the link's state or its cause changes, until the returned function is called. */
  readonly listen: (listener: (status: LinkStatus) => void) => () => void;
  /** What the meter reported about itself at the last contact; null before the first. */
  readonly identity: () => MeterIdentity | null;
  /**
   * One live poll, within `limit` milliseconds. With `keys` only these are read, in fewer bytes, and all others are null; give the same
   * array each time, so that the plan for it is kept.
   *
   * @throws MeterportError; at once while the meter does not answer
   */
  readonly read: (limit: Millis, keys?: readonly LiveKey[]) => Promise<LiveReading>;
  /**
   * The newest entries of the meter's event log, newest first, at most `count`, within `limit` milliseconds.
   *
   * @throws MeterportError; at once while the meter does not answer
   */
  readonly events: (count: number, limit: Millis) => Promise<readonly LogEvent[]>;
  /**
   * Lets a task use the meter. A refusal by the meter (ResponseError) or an impossible answer (LayoutError) ends the task, not the link.
   *
   * @throws what the task throws; LinkError at once while the meter does not answer
   */
  readonly ask: <T>(task: MeterTask<T>) => Promise<T>;
  /** How live values are read: where each source stands, and its unit; null while no meter is connected. Asked for on request only. */
  readonly livePlan?: (() => LivePlan | null) | undefined;
  /** Ends the link and the search for the meter. */
  readonly close: () => Promise<void>;
}
