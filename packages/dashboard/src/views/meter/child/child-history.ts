/** What a child counted by days or months: differences between what the meter read from it. */
import { count, listOf, number, record, text, timeOf } from "../../../state/loose.ts";
import type { ZoneCalendar } from "../../../state/zone-calendar.ts";

export interface CounterState {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

export interface StatesPage {
  readonly states: readonly CounterState[];
  readonly next: string | null;
}

/** How long the shown history is, and what its rows are. */
export const RANGES = {
  month: { unit: "day", count: 31 },
  year: { unit: "month", count: 12 },
} as const;
export type RangeName = keyof typeof RANGES;

/** As many as the gateway gives at once. */
export const STATES_PAGE = 10_000;

/** A page of `points/{id}/registers`, of one register; null if it is none. */
export function statesOf(data: unknown): StatesPage | null {
  const loose = record(data);
  const states = listOf(loose?.registers, STATES_PAGE, (entry) => {
    const each = record(entry);
    const [time, value] = [timeOf(each?.time), number(each?.value)];
    return time === null || value === null || count(each?.tier) !== 0 ? null : { time, value };
  });
  return states === null ? null : { states, next: text(loose?.next) };
}

export interface Use {
  /** Start of the day or month. */
  readonly from: number;
  /** Between which reads it was counted; null if one of them is missing. */
  readonly reads: readonly [CounterState, CounterState] | null;
  /** In the unit of the register; null if it is not known. */
  readonly value: number | null;
  /** The day or month is not over. */
  readonly soFar: boolean;
}

/** When the shown history begins. */
export function rangeStart(calendar: ZoneCalendar, range: RangeName, now: number): number {
  const { unit, count: units } = RANGES[range];
  return calendar.next(unit, now, 1 - units);
}

/**
 * What was counted in each day or month, newest first: from its first read to the first one of the next. Those before the first
 * read are left out. What cannot be known is null: a read is missing, or the counter fell.
 */
export function usesOf(
  states: readonly CounterState[],
  { calendar, range, now }: { readonly calendar: ZoneCalendar; readonly range: RangeName; readonly now: number },
): Use[] {
  const { unit } = RANGES[range];
  const firsts = new Map<number, CounterState>();
  const sorted = states.filter(({ time }) => time <= now).sort((a, b) => a.time - b.time);
  for (const state of sorted) {
    const from = calendar.start(unit, state.time);
    if (!firsts.has(from)) firsts.set(from, state);
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const uses: Use[] = [];
  const begin = Math.max(rangeStart(calendar, range, now), calendar.start(unit, first.time));
  for (let from = begin; from <= now; ) {
    const next = calendar.next(unit, from);
    const soFar = next > now;
    const start = firsts.get(from);
    const end = soFar ? last : firsts.get(next);
    const isKnown = start !== undefined && end !== undefined && end.time > start.time && end.value >= start.value;
    uses.push({
      ...{ from, soFar, value: isKnown ? end.value - start.value : null },
      reads: start === undefined || end === undefined ? null : [start, end],
    });
    if (next <= from) break;
    from = next;
  }
  return uses.reverse();
}
