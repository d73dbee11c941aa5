/** What is booked: facts of metering points, each with what makes it the same fact when it comes again. */
import type { Millis } from "@meterport/protocol/ports";
import type { Digits } from "./scaled.ts";
import type { SlotDay } from "./slots.ts";

/** One series of integers. What has other decimal places, another length of intervals or another phase is another channel. */
export interface ChannelKey {
  /** Id of the metering point. */
  readonly point: string;
  /** "energy_import_wh" */
  readonly name: string;
  /** Of a register 0 for the sum of all tiers, 1 to 8 for a tier; 0 of intervals. */
  readonly tier: number;
  /** Length of its intervals, seconds; 0 of a register. */
  readonly step: number;
  /** Seconds after midnight UTC at which its days begin; less than a step. */
  readonly phase: number;
  readonly digits: Digits;
}

/** Slots of a channel on a UTC day: those that are not absent are facts. */
export interface DayFact {
  readonly channel: ChannelKey;
  /** "2026-11-29" */
  readonly day: string;
  readonly slots: SlotDay;
}

/** Slots that nobody has any more. */
export interface GoneFact {
  readonly channel: ChannelKey;
  readonly day: string;
  /** Ascending. */
  readonly slots: readonly number[];
}

/** Proof of values: what was read, and when. The same block has the same id and `readAt`. */
export interface BlockFact {
  readonly point: string;
  /** Below 2^63, made of its contents. */
  readonly id: bigint;
  /** What was read, and how it was decoded. */
  readonly what: {
    readonly table: string | null;
    readonly offset: number | null;
    readonly profile: string | null;
    readonly note: string;
  };
  readonly readAt: Millis;
  readonly clockOffset: Millis | null;
  /** The bytes as read; null if they were not kept. */
  readonly raw: Uint8Array | null;
  /** The values that it proves lie between these moments. */
  readonly from: Millis;
  readonly to: Millis;
}

export interface RegisterFact {
  readonly channel: ChannelKey;
  readonly at: Millis;
  readonly raw: number;
  /** `registerKinds`: of two states of one moment the later kind in the list counts. */
  readonly kind: string;
  /** Serial number of the meter; null if it did not say. */
  readonly serial: string | null;
}

/** An event; of two with one id the one that was stored last counts. */
export interface EventFact {
  readonly point: string;
  readonly id: string;
  readonly at: Millis;
  readonly until: Millis | null;
  readonly kind: string;
  readonly code: number | null;
  readonly origin: string;
  readonly detail: string;
  /** When it was stored where it was seen. */
  readonly stored: Millis;
}

/** A meter at a point from a moment on; of two with the same point and moment the one that was stored last counts. */
export interface InstallationFact {
  readonly point: string;
  readonly from: Millis;
  readonly to: Millis | null;
  readonly serial: string | null;
  /** JSON: manufacturer, model, firmware, profile; registers at its beginning and end, and what they no longer show. */
  readonly about: string;
  readonly start: string;
  readonly end: string | null;
  readonly stored: Millis;
}

/** What is booked together: all of it or nothing. */
export interface BookBatch {
  /** Who books: noted with a block when it is booked first. */
  readonly holder: string;
  /** The attempt of the claim under which it was read; 0 without one. */
  readonly attempt: number;
  readonly days: readonly DayFact[];
  readonly gone: readonly GoneFact[];
  readonly blocks: readonly BlockFact[];
  readonly registers: readonly RegisterFact[];
  readonly events: readonly EventFact[];
  readonly installations: readonly InstallationFact[];
}

/** Nothing, to be filled. */
export const emptyBatch = (holder: string, attempt: number): BookBatch => ({
  ...{ holder, attempt, days: [], gone: [], blocks: [], registers: [], events: [], installations: [] },
});

/** One character a kind: what a person entered counts most. */
export const registerKinds = {
  read: "a",
  first: "b",
  daily: "c",
  exchange: "d",
  "demand-reset": "e",
  "self-read": "f",
  manual: "g",
} as const;
