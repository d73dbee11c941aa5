/**
 * What may be deleted now. Deleting cannot be undone, so it never rests on the machine's clock alone: the meter's clock
 * must agree, or the newest stored readings and the time that has run since; and after a step of the clock it waits.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { PruneLimits, PruneReport } from "../ports/store.ts";

/** After a step of the clock nothing is deleted for this long: by then somebody or something has set it right. */
const holdAfterStep: Millis = 3_600_000;
/** How fast the time that is believed without a meter's clock catches up with the machine's, if the gateway was off. */
const catchUp = 1.1;
/** A difference between clocks that is worth a sentence. */
const notable: Millis = 3_600_000;
/** A gateway that was off overnight, or for a day, is no news: what a clock wrong by that much could delete is nearly due anyway. */
const usualRest: Millis = 172_800_000;
/** NTP slews a clock by at most 500 ppm; more than this between two plans is a step. */
const stepOf = (elapsed: Millis): Millis => 10_000 + elapsed / 1_000;

/** How long each kind is kept; undefined for ever. */
export type KeptFor = Readonly<Partial<Record<keyof PruneLimits, Millis | undefined>>>;

/** What a plan remembers for the next one. */
export interface PruneMemory {
  readonly wall: Millis;
  readonly monotonic: Millis;
  /** The present time as far as it is believed: from a meter's clock, or from what was stored and how long it has run since. */
  readonly believed: Millis;
  /** Monotonic time until which nothing is deleted, and why; without a reason if that is usual. */
  readonly hold: { readonly until: Millis; readonly why: string | null } | null;
}

export interface PruneFacts {
  /** The machine's clock. */
  readonly wall: Millis;
  readonly monotonic: Millis;
  /** The newest stored reading; null if there is none. */
  readonly newestReading: Millis | null;
  /** One of the oldest stored readings, if known: a meter's clock that is behind it is wrong. */
  readonly oldestReading?: Millis | null | undefined;
  /** Meters' clocks minus the machine's, as far as they are known. */
  readonly meterOffsets?: readonly Millis[] | undefined;
  readonly keptFor: KeptFor;
  /** What the last run believed at its end; null if there was none. */
  readonly believedBefore?: Millis | null | undefined;
  /** Undefined for the first plan of a run. */
  readonly last?: PruneMemory | undefined;
}

export interface PrunePlan {
  /** null to delete nothing now. */
  readonly limits: PruneLimits | null;
  /** Why less is deleted than the machine's clock asks for: one sentence; null if it agrees. */
  readonly why: string | null;
  readonly memory: PruneMemory;
}

const days = (milliseconds: Millis): string => {
  const size = Math.abs(milliseconds);
  if (size >= 86_400_000) return `${(size / 86_400_000).toFixed(1)} days`;
  return size >= 3_600_000 ? `${(size / 3_600_000).toFixed(1)} hours` : `${Math.round(size / 1_000)} s`;
};

/** The one in the middle; of two the earlier, which deletes less. */
const median = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

interface Present {
  readonly believed: Millis;
  /** Who vouches for it. */
  readonly source: string;
  /** A larger difference to the machine's clock is worth a sentence. */
  readonly notable: Millis;
}

/** The present time, as far as something besides the machine's clock vouches for it. */
const present = (facts: PruneFacts, last: PruneMemory): Present => {
  const { wall, monotonic, meterOffsets = [], oldestReading } = facts;
  const offset = median(meterOffsets);
  if (offset !== undefined && wall + offset >= (oldestReading ?? -Infinity))
    return { believed: wall + offset, source: "the clock of the meter", notable };
  // Readings of this run have the machine's own time, so they say nothing about its clock.
  const elapsed = monotonic - last.monotonic;
  const believed = last.believed + Math.max(elapsed, Math.min(catchUp * elapsed, wall - last.believed));
  return { believed, source: "the time at which the gateway stored readings before", notable: usualRest };
};

/** The first plan of a run only looks. */
const firstLook = ({ wall, monotonic, newestReading, believedBefore }: PruneFacts): PruneMemory => {
  // Readings that were stored with a wrong clock are newer than what was believed then.
  const believed = believedBefore ?? newestReading ?? wall;
  const ahead = wall - believed;
  const why =
    ahead > usualRest
      ? `at the start the machine's clock was ${days(ahead)} ahead of the last time that was certain: either the gateway was off, or the clock is wrong`
      : null;
  return { wall, monotonic, believed, hold: ahead > notable ? { until: monotonic + holdAfterStep, why } : null };
};

/** Until when nothing is deleted, and why. */
const holdOf = ({ wall, monotonic }: PruneFacts, last: PruneMemory): PruneMemory["hold"] => {
  const elapsed = monotonic - last.monotonic;
  const step = wall - last.wall - elapsed;
  if (Math.abs(step) <= stepOf(elapsed)) return last.hold !== null && last.hold.until > monotonic ? last.hold : null;
  const why = `the machine's clock was set ${step > 0 ? "forward" : "back"} by ${days(step)}`;
  return { until: monotonic + holdAfterStep, why };
};

/**
 * Plans what to delete. The first plan of a run deletes nothing: it looks at what is stored before the first new reading.
 *
 * - After a step of the clock, and after a start at which it was ahead of what is stored, nothing for an hour.
 * - Otherwise nothing that is not old enough by the latest time that the meters' clocks, or what was stored and the time that has run
 *   since, allow. If the gateway was off for days and no meter tells its time, history stays longer for a while.
 */
export const prunePlan = (facts: PruneFacts): PrunePlan => {
  const { wall, monotonic, keptFor, last } = facts;
  const looked = last ?? firstLook(facts);
  const { believed, source, notable } = present(facts, looked);
  const hold = holdOf(facts, looked);
  const memory: PruneMemory = { wall, monotonic, believed, hold };
  if (hold !== null) {
    const rest = Math.ceil((hold.until - monotonic) / 60_000);
    const why = hold.why === null ? null : `${hold.why}; nothing is deleted for ${rest} min`;
    return { limits: null, why, memory };
  }
  if (last === undefined) return { limits: null, why: null, memory };
  const now = Math.min(wall, believed);
  const limits = Object.fromEntries(
    Object.entries(keptFor).flatMap(([kind, age]) => (age === undefined ? [] : [[kind, now - age]])),
  ) as PruneLimits;
  const time = new Date(now).toISOString();
  const why =
    wall - believed > notable
      ? `the machine's clock is ${days(wall - believed)} ahead of ${source}: history is kept by the earlier time, ${time}`
      : null;
  return { limits, why, memory };
};

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/**
 * What was deleted, as one sentence; null if nothing was.
 *
 * @example
 * prunedSentence({ readings: 0 }, { readings: 3, minutes: 0, events: 0, journal: 0 })
 * // "deleted because of their age: 3 readings before 1970-01-01T00:00:00.000Z"
 */
export const prunedSentence = (limits: PruneLimits, report: PruneReport): string | null => {
  const parts = [
    [report.readings, "reading", "readings", limits.readings],
    [report.minutes, "minute", "minutes", limits.minutes],
    [report.events, "event", "events", limits.events],
    [report.journal, "journal entry", "journal entries", limits.journal],
  ] as const;
  const words = parts.flatMap(([count, one, many, before]) =>
    count === 0
      ? []
      : [`${counted(count, one, many)}${before === undefined ? "" : ` before ${new Date(before).toISOString()}`}`],
  );
  return words.length === 0 ? null : `deleted because of their age: ${words.join(", ")}`;
};
