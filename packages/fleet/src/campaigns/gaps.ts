/**
 * Which slots of a channel are absent: what the gap scan finds. Completeness rests on it alone, on no promise of any engine. Pure.
 *
 * A slot is there if it has a value or is void, if a longer interval covers it, or if shorter ones cover it together. What is absent and still in
 * the meter's memory is open: a holder asks for it. What the meter has lost is gone, and is never asked for again.
 */
import type { Millis } from "@meterport/protocol/ports";
import { grouped } from "../books/grouped.ts";
import type { DayGaps, KnownDay } from "../books/known-day.ts";
import { absent, endOf, hasValue, slotsIn, void_ } from "../books/slots.ts";

/** What should be there. */
export interface Expected {
  /** The grid: the meter's own intervals. */
  readonly step: number;
  readonly phase: number;
  /** From when on: the first moment of which the meter can know, or that of the last scan which looked at everything. */
  readonly since: Millis;
  /** Slots that end later may still come by themselves. */
  readonly until: Millis;
  /** Slots that end at this moment or before are no longer in the meter's memory. */
  readonly keptAfter: Millis;
}

const dayMillis: Millis = 86_400_000;
const minute: Millis = 60_000;
/** A scan of more days is a mistake of the caller. */
const mostDays = 3_700;

const isoDay = (time: Millis): string => new Date(time).toISOString().slice(0, 10);

/** Minutes of a range that values cover, of channels with another grid. */
class CoveredMinutes {
  readonly #from: Millis;
  readonly #minutes: Uint8Array;

  constructor(from: Millis, to: Millis) {
    this.#from = from;
    this.#minutes = new Uint8Array(Math.max(0, Math.ceil((to - from) / minute)));
  }

  add(day: KnownDay): void {
    for (const [slot, rank] of [...day.rank].entries()) {
      if (!hasValue(rank)) continue;
      const end = endOf(day.day, slot, day);
      const [first, last] = [(end - 1000 * day.step - this.#from) / minute, (end - this.#from) / minute];
      if (last > 0) this.#minutes.fill(1, Math.max(0, first), last);
    }
  }

  covers(from: Millis, to: Millis): boolean {
    const [first, last] = [(from - this.#from) / minute, (to - this.#from) / minute];
    return first >= 0 && last <= this.#minutes.length && this.#minutes.subarray(first, last).every((is) => is === 1);
  }
}

/** Ranks and losses of the days of the grid itself, one over the other if there are several decimal places. */
const ownDays = (known: readonly KnownDay[], { step, phase }: Expected): ReadonlyMap<string, readonly KnownDay[]> =>
  grouped(
    known.filter((day) => day.step === step && day.phase === phase),
    ({ day }) => day,
  );

/**
 * The gaps of a channel, oldest day first; a day without any is left out. `gone` are those that are newly so.
 *
 * @param known all that is known of the channel name at the point, of any length, phase and decimal places
 */
export const gapsOf = (known: readonly KnownDay[], expected: Expected): readonly DayGaps[] => {
  const { step, phase, since, until, keptAfter } = expected;
  const own = ownDays(known, expected);
  const others = known.filter((day) => day.step !== step || day.phase !== phase);
  const covered = others.length === 0 ? undefined : new CoveredMinutes(since - dayMillis, until + dayMillis);
  for (const day of others) covered?.add(day);
  const isThere = (day: string, slot: number, end: Millis): boolean =>
    (own.get(day) ?? []).some(({ rank, gone }) => {
      const is = rank[slot] ?? absent;
      return hasValue(is) || is === void_ || gone[slot] === "1";
    }) || covered?.covers(end - 1000 * step, end) === true;
  const found: DayGaps[] = [];
  const first = Math.floor((since - 1000 * phase) / dayMillis) * dayMillis;
  for (let begin = first, n = 0; begin < until && n < mostDays; begin += dayMillis, n++) {
    const day = isoDay(begin);
    const [open, gone]: [number[], number[]] = [[], []];
    for (let slot = 0; slot < slotsIn(step); slot++) {
      const end = endOf(day, slot, { step, phase });
      if (end - 1000 * step < since || end > until || isThere(day, slot, end)) continue;
      (end <= keptAfter ? gone : open).push(slot);
    }
    if (open.length + gone.length > 0) found.push({ day, open, gone });
  }
  return found;
};
