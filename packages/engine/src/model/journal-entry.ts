/** The journal: each change of an interval, register, event or device in the order in which it was stored. */
import type { Millis } from "@meterport/protocol/ports";
import type { Device } from "./device.ts";
import type { StoredInterval } from "./interval.ts";
import type { PointEvent } from "./point-event.ts";
import type { RegisterState } from "./register-state.ts";

/** What may change. */
export type JournalChange =
  | { readonly kind: "interval"; readonly interval: Omit<StoredInterval, "proof"> }
  | { readonly kind: "register"; readonly register: Omit<RegisterState, "proof"> }
  | { readonly kind: "event"; readonly event: PointEvent }
  | { readonly kind: "device"; readonly device: Device };

export const journalKinds = [
  "interval",
  "register",
  "event",
  "device",
] as const satisfies readonly JournalChange["kind"][];

export type JournalEntry = JournalChange & {
  /** Rises by 1 with each change, over all points; never used twice. */
  readonly number: number;
  /** When it was stored, milliseconds since 1970. */
  readonly stored: Millis;
  readonly point: string;
};

export interface JournalPage {
  /** Ascending, without gaps except for entries that a filter left out. */
  readonly entries: readonly JournalEntry[];
  /** Cursor after this page: the number of the last entry that was looked at. */
  readonly next: number;
  /** Whether more entries follow; through a filter also after a page with few entries or none, since a page looks at so many. */
  readonly more: boolean;
  /** Number of the oldest entry that is kept; null if there is none. */
  readonly oldest: number | null;
  /**
   * True if entries after the cursor that was given have already been deleted, or the cursor is beyond all entries, as after an older database
   * was put in place of a newer one: read the intervals instead. In the latter case `next` is lower than the cursor.
   */
  readonly passed: boolean;
}
