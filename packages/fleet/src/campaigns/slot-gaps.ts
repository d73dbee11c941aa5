/**
 * The arithmetic of the gap scan: which slots of a channel's days are absent, which of them the meter still holds, and which nobody has any
 * more. Pure. A day is a UTC day, or begins `phase` seconds later; its slots are `step` seconds long.
 */
import { endsIn, firstEnd, type Span } from "@meterport/engine/backfill/profile-gaps";
import type { Millis } from "@meterport/protocol/ports";

/** Where the slots of a day lie. */
export interface DayPlace {
  /** Its midnight UTC, milliseconds since 1970. */
  readonly midnight: Millis;
  /** Length of a slot, seconds; it divides a day. */
  readonly step: number;
  /** Seconds after midnight at which the day's slots begin; 0 if omitted. */
  readonly phase?: number | undefined;
}

const day: Millis = 86_400_000;

const beginOf = ({ midnight, phase = 0 }: DayPlace): Millis => midnight + 1000 * phase;

/** Slots of a day. */
export const slotsOf = ({ step }: Pick<DayPlace, "step">): number => day / 1000 / step;

/** When a slot ends, milliseconds since 1970. */
export const slotEnd = (place: DayPlace, slot: number): Millis => beginOf(place) + 1000 * place.step * (slot + 1);

/** Slots from `first` on, before `end`. */
export interface SlotRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The slots of a day that end in a span of time.
 *
 * @example
 * slotsWithin({ midnight: 0, step: 900 }, { after: 0, until: 3_600_000 }) // { first: 0, end: 4 }
 */
export const slotsWithin = (place: DayPlace, { after, until }: Span): SlotRange => {
  const duration = 1000 * place.step;
  const anchor = beginOf(place);
  const grid = { anchor, duration };
  const within = { after: Math.max(after, anchor), until: Math.min(until, anchor + day) };
  const count = within.until > within.after ? endsIn(grid, within) : 0;
  if (count === 0) return { first: 0, end: 0 };
  const first = Math.round((firstEnd(grid, within.after) - anchor) / duration) - 1;
  return { first, end: first + count };
};

/** What is known of a channel on a day. */
export interface ScannedDay extends DayPlace {
  /** Whether a slot is settled: it has a value, or a longer interval has its energy. */
  readonly settled: (slot: number) => boolean;
  /** Slots that are known to be gone. */
  readonly gone: ReadonlySet<number>;
}

export interface ScanLimits {
  /** What should be there: after the first moment of the point's meter, until what the newest read could have brought (`graceOf`). */
  readonly expected: Span;
  /** What the meter still has; null if it was never asked: then nothing is gone. */
  readonly held: Span | null;
}

export interface DayGaps {
  /** Slots that are absent and may be asked for, ascending. */
  readonly open: readonly number[];
  /** Slots that nobody has any more and that were not known to be gone, ascending. */
  readonly gone: readonly number[];
}

/**
 * Compares a day with what should be there. A slot that is gone is in neither list again, so it is never asked for. One that the meter
 * does not have *yet* is open: it may not have been due when the meter was asked.
 *
 * @example
 * const settled = (slot) => slot < 2;
 * const limits = { expected: { after: 0, until: 4_500_000 }, held: { after: 2_700_000, until: 9_000_000 } };
 * scanDay({ midnight: 0, step: 900, settled, gone: new Set() }, limits) // { open: [3, 4], gone: [2] }
 */
export const scanDay = (scanned: ScannedDay, { expected, held }: ScanLimits): DayGaps => {
  const { first, end } = slotsWithin(scanned, expected);
  const open: number[] = [];
  const gone: number[] = [];
  for (let slot = first; slot < end; slot++) {
    if (scanned.settled(slot) || scanned.gone.has(slot)) continue;
    if (held !== null && slotEnd(scanned, slot) <= held.after) gone.push(slot);
    else open.push(slot);
  }
  return { open, gone };
};

/**
 * What an answer settles: of the slots that the meter was asked for, those that it did not have are gone. Only what the meter could have had is
 * judged, so an answer that was cut short makes nothing gone beyond its end.
 *
 * @param answered what the answer covers
 * @example
 * goneAfter({ midnight: 0, step: 900 }, [0, 1, 2, 3], (slot) => slot === 1, { after: 0, until: 2_700_000 }) // [0, 2]
 */
export const goneAfter = (
  place: DayPlace,
  asked: readonly number[],
  received: (slot: number) => boolean,
  answered: Span,
): readonly number[] =>
  asked.filter((slot) => {
    const end = slotEnd(place, slot);
    return end > answered.after && end <= answered.until && !received(slot);
  });

/**
 * Open slots as spans that a meter can be asked for, ascending.
 *
 * @param near spans with at most so many settled slots between them become one: finding a place in the meter's ring costs more than
 * reading a few again
 * @example
 * gapSpans({ midnight: 0, step: 900 }, [0, 1, 4], 0) // [{ after: 0, until: 1_800_000 }, { after: 3_600_000, until: 4_500_000 }]
 */
export const gapSpans = (place: DayPlace, open: readonly number[], near: number): readonly Span[] => {
  const duration = 1000 * place.step;
  return joinSpans(
    open.map((slot) => ({ after: slotEnd(place, slot) - duration, until: slotEnd(place, slot) })),
    near * duration,
  );
};

/**
 * Spans that touch or nearly do become one, over midnight too.
 *
 * @param spans ascending
 * @example
 * joinSpans([{ after: 0, until: 10 }, { after: 12, until: 20 }], 2) // [{ after: 0, until: 20 }]
 */
export const joinSpans = (spans: readonly Span[], near: Millis): readonly Span[] => {
  const joined: { after: Millis; until: Millis }[] = [];
  for (const { after, until } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && after - last.until <= near) last.until = Math.max(last.until, until);
    else joined.push({ after, until });
  }
  return joined;
};

/** A gap that was asked for is not asked for again while the answer may still come: after a failure that is as long as its rest. */
export const mayAsk = (askedAt: Millis | null, rest: Millis, now: Millis): boolean =>
  askedAt === null || now - askedAt >= rest;

/**
 * Slots as the text of `bit varying`, as `gap` stores them.
 *
 * @example
 * slotBits([0, 2], 4) // "1010"
 */
export const slotBits = (slots: Iterable<number>, count: number): string => {
  const bits = new Array<string>(count).fill("0");
  for (const slot of slots) if (slot >= 0 && slot < count) bits[slot] = "1";
  return bits.join("");
};

/**
 * The slots of such a text, ascending.
 *
 * @example
 * bitSlots("1010") // [0, 2]
 */
export const bitSlots = (bits: string): readonly number[] =>
  [...bits].flatMap((bit, slot) => (bit === "1" ? [slot] : []));
