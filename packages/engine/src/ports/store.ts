/** What is stored for each metering point. Implementations share one contract, the gateway's `stores/store-contract.test-kit.ts`. */
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { RegisterKey } from "../guard/measured.ts";
import type { HistoryGrid } from "../history/history-grid.ts";
import type { HistoryPoint } from "../history/history-point.ts";
import type { Device } from "../model/device.ts";
import type { Interval, IntervalQuality, IntervalSource, StoredInterval } from "../model/interval.ts";
import type { JournalChange, JournalPage } from "../model/journal-entry.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { Proof } from "../model/proof.ts";
import type { RegisterState } from "../model/register-state.ts";

export interface PointReading {
  readonly point: string;
  readonly reading: LiveReading;
}

/** A small text that belongs to a point, such as the state of a watch that outlives a restart; null deletes it. */
export interface Memo {
  readonly point: string;
  readonly name: string;
  readonly text: string | null;
}

/** What is stored together: all of it or nothing. */
export interface StoreBatch {
  readonly readings?: readonly PointReading[] | undefined;
  readonly intervals?: readonly Interval[] | undefined;
  readonly registers?: readonly RegisterState[] | undefined;
  readonly events?: readonly PointEvent[] | undefined;
  readonly devices?: readonly Device[] | undefined;
  readonly memos?: readonly Memo[] | undefined;
}

/** How many of each were new or changed something. */
export interface StoreResult {
  readonly readings: number;
  readonly intervals: number;
  readonly registers: number;
  readonly events: number;
  readonly devices: number;
  /** Number of the newest journal entry; 0 before the first. */
  readonly journal: number;
}

export interface LastRegisters {
  readonly time: Millis;
  readonly registers: Partial<Readonly<Record<RegisterKey, number>>>;
}

/** A half-open range of time, milliseconds since 1970. */
export interface TimeRange {
  readonly from: Millis;
  readonly to: Millis;
}

/** Means and extremes of live keys on a grid; null for a step without a value. */
export type Series = Readonly<
  Partial<
    Record<
      LiveKey,
      {
        readonly mean: readonly (number | null)[];
        readonly min: readonly (number | null)[];
        readonly max: readonly (number | null)[];
      }
    >
  >
>;

export interface IntervalQuery extends TimeRange {
  readonly channel: string;
  /** At most this many, oldest first. */
  readonly limit: number;
}

/** What is stored of one channel between two moments: intervals that end after `from` and at or before `to`. */
export interface IntervalSum extends TimeRange {
  /** Sum of the known values; null if there is none. */
  readonly value: number | null;
  /** Seconds that the intervals with a value cover. */
  readonly seconds: number;
  readonly byQuality: Readonly<Record<IntervalQuality, number>>;
  readonly bySource: Readonly<Record<IntervalSource, number>>;
}

/** How much of one channel of a point is stored in a range: less than a sum, and so found for many points at once. */
export interface IntervalCoverage {
  readonly point: string;
  /** Seconds that the intervals with a value cover, of those that end after `from` and at or before `to`. */
  readonly seconds: number;
  /** The first interval of the channel at any time. */
  readonly first: { readonly end: Millis; readonly seconds: number };
  /** The newest interval with a value at any time; null if none has one. */
  readonly newest: { readonly end: Millis; readonly seconds: number } | null;
}

/** Times without values between the intervals of a range. */
export interface IntervalGaps {
  /** How many there are. */
  readonly count: number;
  /** Length of the longest; 0 without gaps. */
  readonly longest: Millis;
  /** The first of them, oldest first. */
  readonly gaps: readonly TimeRange[];
}

export interface RegisterQuery extends TimeRange {
  readonly register?: string | undefined;
  readonly tier?: number | undefined;
  readonly limit: number;
}

export interface EventQuery extends Partial<TimeRange> {
  readonly kinds?: readonly string[] | undefined;
  readonly limit: number;
  /** Continue after this event: the `time` and `id` of the last one of the page before. */
  readonly before?: { readonly time: Millis; readonly id: string } | undefined;
}

export interface JournalQuery {
  /** Entries with a higher number. */
  readonly after: number;
  readonly limit: number;
  readonly points?: readonly string[] | undefined;
  readonly kinds?: readonly JournalChange["kind"][] | undefined;
}

/** Everything older is deleted. Undefined keeps all. */
export interface PruneLimits {
  readonly readings?: Millis | undefined;
  readonly minutes?: Millis | undefined;
  readonly events?: Millis | undefined;
  /** Journal entries that were stored before it, except those that a cursor still waits for. */
  readonly journal?: Millis | undefined;
  /** Journal entries that were stored before it are deleted whatever a cursor waits for. */
  readonly journalAtMost?: Millis | undefined;
}

export interface PruneReport {
  readonly readings: number;
  readonly minutes: number;
  readonly events: number;
  readonly journal: number;
}

export interface StoreStatus {
  /** "sqlite" or "postgres". */
  readonly kind: string;
  readonly state: "ok" | "busy" | "failing" | "replaced";
  /** One sentence unless it is "ok". */
  readonly problem: string | null;
  readonly bytes: number | null;
  /** Milliseconds since 1970 of the newest reading, or null. */
  readonly newestReading: Millis | null;
  readonly journal: { readonly oldest: number | null; readonly newest: number };
}

/** A proof, and the ends of the intervals that it proves. */
export interface SharedProof {
  readonly proof: Proof;
  readonly ends: readonly Millis[];
}

/**
 * Asynchronous, so that a store may run on another thread or another machine. Calls take effect in the order in which
 * they were made.
 */
export interface Store {
  /**
   * Stores a batch in one transaction; when it resolves, the batch survives the end of the process. Everything is idempotent: a reading
   * with the same point and time, or anything else that is stored already, changes nothing and gets no journal entry. Which
   * interval replaces which, `replaces` decides.
   */
  readonly write: (batch: StoreBatch) => Promise<StoreResult>;
  /** One point for each step of the grid, with nulls if nothing was read. */
  readonly history: (point: string, grid: HistoryGrid) => Promise<readonly HistoryPoint[]>;
  /** The same for any live keys. */
  readonly series: (point: string, grid: HistoryGrid, keys: readonly LiveKey[]) => Promise<Series>;
  /** Stored readings that are not pruned yet, oldest first. */
  readonly readings: (point: string, query: TimeRange & { readonly limit: number }) => Promise<readonly LiveReading[]>;
  /** The registers last stored; `undefined` before the first. */
  readonly lastRegisters: (point: string) => Promise<LastRegisters | undefined>;
  /** Those of all points at once, for a start with many. */
  readonly allLastRegisters: () => Promise<ReadonlyMap<string, LastRegisters>>;
  /** Intervals that end after `from` and at or before `to`, oldest first, without their proofs. */
  readonly intervals: (point: string, query: IntervalQuery) => Promise<readonly StoredInterval[]>;
  /** One sum for each pair of neighbouring bounds, which ascend. */
  readonly intervalSums: (point: string, channel: string, bounds: readonly Millis[]) => Promise<readonly IntervalSum[]>;
  /** One entry for each of these points that has an interval of the channel, in any order. */
  readonly intervalCoverage: (
    points: readonly string[],
    channel: string,
    range: TimeRange,
  ) => Promise<readonly IntervalCoverage[]>;
  /** The time in the range that no interval with a value covers, of those that end after `from` and at or before `to`. */
  readonly intervalGaps: (point: string, query: IntervalQuery) => Promise<IntervalGaps>;
  /** Channels of which at least one interval is stored. */
  readonly channels: (point: string) => Promise<readonly string[]>;
  /** How a stored interval came to be; undefined if it is not stored. */
  readonly intervalProof: (
    point: string,
    channel: string,
    end: Millis,
  ) => Promise<{ readonly interval: StoredInterval; readonly proof: Proof | null } | undefined>;
  /** The proofs of those of these intervals that have one, each once: neighbours share theirs. */
  readonly intervalProofs: (point: string, channel: string, ends: readonly Millis[]) => Promise<readonly SharedProof[]>;
  /** Oldest first, without their proofs. */
  readonly registers: (point: string, query: RegisterQuery) => Promise<readonly RegisterState[]>;
  /** How a stored state of a register came to be; undefined if there is none at exactly this time. */
  readonly registerProof: (
    point: string,
    state: Pick<RegisterState, "register" | "tier" | "time">,
  ) => Promise<{ readonly state: RegisterState; readonly proof: Proof | null } | undefined>;
  /** Oldest first. */
  readonly devices: (point: string) => Promise<readonly Device[]>;
  /** Newest first. */
  readonly events: (point: string, query: EventQuery) => Promise<readonly PointEvent[]>;
  readonly memo: (point: string, name: string) => Promise<string | undefined>;
  /** Those of this name of all points at once, for a start with many. */
  readonly allMemos: (name: string) => Promise<ReadonlyMap<string, string>>;
  readonly journal: (query: JournalQuery) => Promise<JournalPage>;
  /** What `reader` has acknowledged; undefined if it never did. */
  readonly cursor: (reader: string) => Promise<number | undefined>;
  /** Remembers that `reader` has all entries up to `number`; undefined forgets the reader. */
  readonly setCursor: (reader: string, number: number | undefined) => Promise<void>;
  readonly cursors: () => Promise<ReadonlyMap<string, number>>;
  readonly prune: (limits: PruneLimits) => Promise<PruneReport>;
  readonly status: () => Promise<StoreStatus>;
  /** A consistent copy in a new file, while the store is used. @throws UsageError if this store cannot do that or the file exists */
  readonly backup: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How long each resolution is kept, milliseconds. Quarters and hours are kept for ever. */
export interface Retention {
  /** Every single reading. */
  readonly raw: Millis;
  /** Means, extremes and registers by the minute. */
  readonly minutes: Millis;
}
