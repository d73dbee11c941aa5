/** Days of a channel as the gap scan sees them. */

/** What is known of one channel on one day. */
export interface KnownDay {
  readonly step: number;
  readonly phase: number;
  /** "2026-11-29" */
  readonly day: string;
  /** A character a slot; empty if no row is there. */
  readonly rank: string;
  /** A bit a slot; empty if none is gone. */
  readonly gone: string;
}

/** The absent slots of one day, ascending. */
export interface DayGaps {
  readonly day: string;
  readonly open: readonly number[];
  readonly gone: readonly number[];
}
