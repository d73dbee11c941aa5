/** What is stored for each meter. Implementations share one contract, the gateway's `stores/store-contract.test-kit.ts`. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { RegisterKey } from "../guard/measured.ts";
import type { HistoryGrid } from "../history/history-grid.ts";
import type { HistoryPoint } from "../history/history-point.ts";

export interface LastRegisters {
  readonly time: Millis;
  readonly registers: Partial<Readonly<Record<RegisterKey, number>>>;
}

export interface StoredEvent {
  readonly time: Millis;
  /** "meter-exchange", "register-leap" */
  readonly kind: string;
  readonly detail: string;
}

/**
 * Asynchronous, so that a store may run on another thread or another machine. Calls take effect in the order in which
 * they were made.
 */
export interface Store {
  /**
   * Keeps readings of one meter; when it resolves they survive the end of the process. A reading whose meter and time
   * are already stored changes nothing. Returns how many were new.
   */
  readonly append: (meter: string, readings: readonly LiveReading[]) => Promise<number>;
  /** One point for each step of the grid, with nulls if nothing was read. */
  readonly history: (meter: string, grid: HistoryGrid) => Promise<readonly HistoryPoint[]>;
  /** The registers last stored; `undefined` before the first. */
  readonly lastRegisters: (meter: string) => Promise<LastRegisters | undefined>;
  readonly appendEvent: (meter: string, event: StoredEvent) => Promise<void>;
  /** Newest first. */
  readonly events: (meter: string, limit: number) => Promise<readonly StoredEvent[]>;
  /** Deletes what is older than the retention allows. */
  readonly prune: (now: Millis) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How long each resolution is kept, milliseconds. Hourly values are kept for ever. */
export interface Retention {
  /** Every single reading. */
  readonly raw: Millis;
  /** Means, extremes and registers by the minute. */
  readonly minutes: Millis;
}
