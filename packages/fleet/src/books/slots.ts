/**
 * A channel-day: the slots of one channel on one UTC day, each with a rank that says how far it can be believed and with what was
 * noted of it. Pure.
 *
 * **The law.** Facts commute: any facts, any number of times, in any order, make the same slots. Of two facts of a slot the one with the
 * higher rank counts. Of two of the same rank the greater value counts, whichever came first, and the slot is marked `disagrees`.
 */
import type { Interval, IntervalQuality, IntervalSource } from "@meterport/engine/model/interval";

/** Nothing is known. Its raw value is 0. */
export const absent = "0";
/** A longer interval of the channel has its energy, so it has no value of its own and gets none. Its raw value is 0. */
export const void_ = "v";

/** The engine's order: a better source first, then a better quality. Absent sorts below all of them, void above. */
const ranks: Readonly<Record<IntervalSource, Readonly<Record<Exclude<IntervalQuality, "missing">, string>>>> = {
  estimated: { suspect: "1", partial: "2", good: "3" },
  difference: { suspect: "4", partial: "5", good: "6" },
  profile: { suspect: "7", partial: "8", good: "9" },
  manual: { suspect: "a", partial: "b", good: "c" },
};

const meanings = new Map(
  Object.entries(ranks).flatMap(([source, qualities]) =>
    Object.entries(qualities).map(([quality, rank]) => [
      rank,
      { source: source as IntervalSource, quality: quality as IntervalQuality },
    ]),
  ),
);

/** The rank of a value; undefined for an interval that has none. */
export const rankOf = ({
  source,
  quality,
  value,
}: Pick<Interval, "source" | "quality" | "value">): string | undefined =>
  value === null || quality === "missing" ? undefined : ranks[source][quality];

/** Source and quality of a rank; undefined for a slot without a value. */
export const meaningOf = (
  rank: string,
): { readonly source: IntervalSource; readonly quality: IntervalQuality } | undefined => meanings.get(rank);

/** Whether a slot of this rank has a value. */
export const hasValue = (rank: string): boolean => meanings.has(rank);

/** What can be noted of a slot, as bits. `other` is what has no bit, and a value that was rounded: the proof or the events tell. */
export const slotNotes = { powerFail: 1, clockSet: 2, dst: 4, length: 8, other: 16, disagrees: 32 } as const;
export type SlotNote = keyof typeof slotNotes;

/** A status is a character: this plus its bits. */
export const noNotes = 64;

const notesOfFlags: Readonly<Record<string, SlotNote>> = {
  powerFail: "powerFail",
  clockForward: "clockSet",
  clockBackward: "clockSet",
  dst: "dst",
  partialInterval: "length",
  longInterval: "length",
};

/** The bits of what the meter noted. */
export const bitsOf = (flags: readonly string[]): number =>
  flags.reduce((bits, flag) => bits | slotNotes[notesOfFlags[flag] ?? "other"], 0);

/** The names of what was noted, of a status character. */
export const notesOf = (status: string): readonly SlotNote[] => {
  const bits = (status.codePointAt(0) ?? noNotes) - noNotes;
  return (Object.keys(slotNotes) as SlotNote[]).filter((note) => (bits & slotNotes[note]) !== 0);
};

const daySeconds = 86_400;

/** Slots of a day. */
export const slotsIn = (step: number): number => daySeconds / step;

/** One value for one slot. */
export interface SlotFact {
  readonly raw: number;
  readonly rank: string;
  /** `bitsOf` its flags. */
  readonly bits: number;
}

/** The slots of a day while they are collected. */
export interface SlotDay {
  readonly raw: number[];
  readonly rank: string[];
  readonly bits: number[];
}

export const emptyDay = (step: number): SlotDay => {
  const count = slotsIn(step);
  return {
    raw: new Array<number>(count).fill(0),
    rank: new Array<string>(count).fill(absent),
    bits: new Array<number>(count).fill(0),
  };
};

/** Puts a fact into its slot, by the law. `book-days.ts` does the same in SQL. */
export const putFact = (day: SlotDay, slot: number, fact: SlotFact): void => {
  const [rank = absent, raw = 0, bits = 0] = [day.rank[slot], day.raw[slot], day.bits[slot]];
  if (fact.rank < rank) return;
  const isNew = fact.rank > rank;
  const disagrees = !isNew && fact.raw !== raw ? slotNotes.disagrees : 0;
  const wins = isNew || fact.raw > raw;
  const kept = wins ? fact.bits : fact.raw < raw ? bits : bits | fact.bits;
  day.rank[slot] = fact.rank;
  day.raw[slot] = wins ? fact.raw : raw;
  day.bits[slot] = kept | disagrees;
};

/**
 * The day and the slot that hold an interval; undefined if it lies on no grid that divides a day. A day begins `phase` seconds after
 * midnight UTC, as meters with hours or days of a local clock need; a slot is that of the day on which it begins.
 *
 * @param end milliseconds since 1970
 * @param step length in seconds
 * @example placeOf(900_000, 900) // { day: "1970-01-01", slot: 0, phase: 0 }
 * @example placeOf(Date.UTC(2026, 6, 1, 22), 86_400) // { day: "2026-06-30", slot: 0, phase: 79200 }
 */
export const placeOf = (
  end: number,
  step: number,
): { readonly day: string; readonly slot: number; readonly phase: number } | undefined => {
  const seconds = end / 1000;
  if (!Number.isInteger(seconds) || !Number.isInteger(step) || step < 60 || daySeconds % step !== 0) return undefined;
  if (Math.abs(seconds) > 1e10) return undefined;
  const phase = ((seconds % step) + step) % step;
  // No zone is off by less than a quarter of an hour: other phases are of clocks that are wrong, and would be channels without end.
  if (phase % 900 !== 0) return undefined;
  const begin = seconds - step - phase;
  const day = Math.floor(begin / daySeconds);
  return { day: isoDay(day), slot: (begin - day * daySeconds) / step, phase };
};

const isoDay = (number: number): string => new Date(number * daySeconds * 1000).toISOString().slice(0, 10);

/** When a slot of a day ends, milliseconds since 1970. */
export const endOf = (day: string, slot: number, { step, phase }: { readonly step: number; readonly phase: number }) =>
  Date.parse(`${day}T00:00:00Z`) + 1000 * (phase + (slot + 1) * step);
