/**
 * What may be deleted now. Deleting cannot be undone, so it never rests on the machine's clock alone: the meter's clock
 * must agree, or the newest stored readings and the time that has run since; and after a step of the clock it waits.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { PruneLimits, PruneReport } from "../ports/store.ts";

/** After a step of the clock nothing is deleted for this long: by then somebody or something has set it right. */
export const holdAfterStep: Millis = 3_600_000;
/** A difference between clocks that is worth a sentence. */
const notable: Millis = 3_600_000;
/** NTP slews a clock by at most 500 ppm; more than this between two plans is a step. */
const stepOf = (elapsed: Millis): Millis => 10_000 + elapsed / 1_000;

/** How long each kind is kept; undefined for ever. */
export type KeptFor = Readonly<Partial<Record<keyof PruneLimits, Millis | undefined>>>;

/** What a plan remembers for the next one. */
export interface PruneMemory {
  readonly wall: Millis;
  readonly monotonic: Millis;
  /** The newest reading that was stored before this run, and when the run began. */
  readonly anchor: { readonly time: Millis; readonly monotonic: Millis };
  /** Monotonic time until which nothing is deleted, and why. */
  readonly hold: { readonly until: Millis; readonly why: string } | null;
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
  /** The latest time that the evidence allows. */
  readonly now: Millis;
  readonly why: string | null;
}

/** The present time, as far as something besides the machine's clock vouches for it. */
const present = (facts: PruneFacts, { anchor }: PruneMemory): Present => {
  const { wall, monotonic, meterOffsets = [], oldestReading } = facts;
  const offset = median(meterOffsets);
  const meter = offset === undefined || wall + offset < (oldestReading ?? -Infinity) ? undefined : wall + offset;
  // Readings of this run have the machine's own time, so they say nothing about its clock.
  const evidence = meter ?? anchor.time + (monotonic - anchor.monotonic);
  const source = meter === undefined ? "the stored readings" : "the clock of the meter";
  return {
    now: Math.min(wall, evidence),
    why: wall - evidence > notable ? `the machine's clock is ${days(wall - evidence)} ahead of ${source}` : null,
  };
};

/** The memory of this plan, with a step of the clock noted. */
const remember = (facts: PruneFacts): PruneMemory => {
  const { wall, monotonic, newestReading, last } = facts;
  if (last === undefined) {
    const ahead = newestReading === null ? 0 : wall - newestReading;
    const hold =
      ahead > notable
        ? {
            until: monotonic + holdAfterStep,
            why: `at the start the machine's clock was ${days(ahead)} ahead of the newest stored reading`,
          }
        : null;
    return { wall, monotonic, anchor: { time: newestReading ?? wall, monotonic }, hold };
  }
  const elapsed = monotonic - last.monotonic;
  const step = wall - last.wall - elapsed;
  const held = last.hold !== null && last.hold.until > monotonic ? last.hold : null;
  const stepped =
    Math.abs(step) > stepOf(elapsed)
      ? {
          until: monotonic + holdAfterStep,
          why: `the machine's clock was set ${step > 0 ? "forward" : "back"} by ${days(step)}`,
        }
      : null;
  return { wall, monotonic, anchor: last.anchor, hold: stepped ?? held };
};

/**
 * Plans what to delete. The first plan of a run deletes nothing: it looks at what is stored before the first new reading.
 *
 * - After a step of the clock, and after a start at which it was ahead of the newest stored reading, nothing for an hour.
 * - Otherwise nothing that is not old enough by the latest time that the meters' clocks, or the stored readings and the time that has
 *   run since, allow. If the gateway was off for days and no meter tells its time, history stays these days longer.
 */
export const prunePlan = (facts: PruneFacts): PrunePlan => {
  const memory = remember(facts);
  const { hold } = memory;
  if (hold !== null) {
    const rest = Math.ceil((hold.until - facts.monotonic) / 60_000);
    return { limits: null, why: `${hold.why}: nothing is deleted for ${rest} min`, memory };
  }
  if (facts.last === undefined) return { limits: null, why: null, memory };
  const { now, why } = present(facts, memory);
  const limits = Object.fromEntries(
    Object.entries(facts.keptFor).flatMap(([kind, age]) => (age === undefined ? [] : [[kind, now - age]])),
  ) as PruneLimits;
  return {
    limits,
    why: why === null ? null : `${why}: history is kept by the earlier time, ${new Date(now).toISOString()}`,
    memory,
  };
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
