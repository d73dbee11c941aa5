/** How far a record of a meter can be trusted. */

import { twoDigits } from "@meterport/protocol/digits";
import type { LtimeDate, StimeDate } from "@meterport/protocol/layout/dates";
import { isRealDate, utcMillis } from "@meterport/protocol/layout/index";

/** What is doubtful about an entry: its fields are as the meter gave them, or null if impossible. */
export type Doubt =
  /** A date that no calendar has, such as 0 or 255 in its fields. */
  | "time"
  /** A number that does not fit those of its neighbours: header and contents disagree. */
  | "sequence"
  /** Start, end and length of an outage contradict each other. */
  | "duration"
  /** A local time that may stand for one of two moments. */
  | "zone"
  /** Recorded under another configuration than the present one, which defines its values. */
  | "configuration"
  /** Shorter than its contents should be. */
  | "length"
  /** The unit of the energy registers is unknown. */
  | "unit"
  /** The answer of a device is truncated, cannot be decoded from some byte on, or is encrypted with an unknown key. */
  | "truncated"
  | "malformed"
  | "encrypted"
  /** The device may be another one, or its answer could not be decrypted. */
  | "security";

export interface Believed {
  /** `suspect` if there is any doubt. */
  readonly quality: "good" | "suspect";
  readonly doubts: readonly Doubt[];
}

export const believed = (doubts: readonly Doubt[]): Believed => ({
  quality: doubts.length === 0 ? "good" : "suspect",
  doubts,
});

/** ISO 8601 in UTC without milliseconds, as meters count seconds. */
export const isoOf = (millis: number): string => new Date(millis).toISOString().replace(".000Z", "Z");

/** A time that the table stores in UTC; null for an impossible one. */
export const utcIso = (date: LtimeDate | StimeDate): string | null => {
  const millis = utcMillis(date);
  return millis === undefined ? null : isoOf(millis);
};

/**
 * A time that the table stores in local time, without a zone, which it does not give; null for an impossible one.
 *
 * @example
 * localIso({ year: 26, month: 1, day: 31, hour: 23, minute: 45 }) // "2026-01-31T23:45:00"
 */
export const localIso = (date: LtimeDate | StimeDate): string | null => {
  if (!isRealDate(date)) return null;
  const { year, month, day, hour, minute } = date;
  const second = "second" in date ? date.second : 0;
  return `20${twoDigits(year)}-${twoDigits(month)}-${twoDigits(day)}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
};

/** Whether nothing was ever written there: memory is filled with 0 or with 255. */
export const isBlank = (date: LtimeDate | StimeDate): boolean => {
  const parts = Object.values(date);
  return parts.every((part) => part === 0) || parts.every((part) => part === 255);
};
