/** How far something that a meter remembers can be believed. */

import { twoDigits } from "@meterport/protocol/digits";
import type { LtimeDate, StimeDate } from "@meterport/protocol/layout/dates";
import { isRealDate, utcMillis } from "@meterport/protocol/layout/index";

/** What is doubtful about an entry: its fields are as the meter gave them, or null where they cannot be true. */
export type Doubt =
  /** A date that no calendar has, as 0 or 255 in its fields. */
  | "time"
  /** A number that does not follow its neighbours': header and contents disagree. */
  | "sequence"
  /** Start, end and length of an outage contradict each other. */
  | "duration"
  /** Local time that may be one of two moments. */
  | "zone"
  /** Recorded under another configuration than the one that says what its values are. */
  | "configuration"
  /** Shorter than what it should hold. */
  | "length"
  /** The unit of the energy registers is not known. */
  | "unit"
  /** The answer of a device is cut, makes no records from some byte on, or is encrypted with a key that is not here. */
  | "truncated"
  | "malformed"
  | "encrypted"
  /** The device is perhaps another one, or its answer could not be decrypted. */
  | "security";

export interface Believed {
  /** `suspect` where there is any doubt. */
  readonly quality: "good" | "suspect";
  readonly doubts: readonly Doubt[];
}

export const believed = (doubts: readonly Doubt[]): Believed => ({
  quality: doubts.length === 0 ? "good" : "suspect",
  doubts,
});

/** ISO 8601 in UTC without milliseconds, as meters count seconds. */
export const isoOf = (millis: number): string => new Date(millis).toISOString().replace(".000Z", "Z");

/** A time that the table keeps in UTC; null for one that cannot be. */
export const utcIso = (date: LtimeDate | StimeDate): string | null => {
  const millis = utcMillis(date);
  return millis === undefined ? null : isoOf(millis);
};

/**
 * A time that the table keeps in local time, without a zone, which it does not tell; null for one that cannot be.
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
