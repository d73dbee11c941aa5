/** Rules that compare slots with registers. Thresholds are ours (reference of the fleet, section 3.1). */
import { registerReach } from "../brackets.ts";
import type { DayView } from "../day-view.ts";
import { partOfMeter } from "../series.ts";
import { dayRule, type Found } from "./rule.ts";

/** Settings of the sum check, which estimation honours as well. */
export interface SumTolerance {
  readonly unitsPerBoundary: number;
  readonly fraction: number;
}

/** How far the sum of `slots` slots may be from what their registers say. */
export const toleranceOf = (
  { unitsPerBoundary, fraction }: SumTolerance,
  { slots, rise, count = 1 }: { readonly slots: number; readonly rise: number; readonly count?: number | undefined },
): number => Math.max(unitsPerBoundary * count * (slots + 1), fraction * rise);

/** Slots of the day that a range of slots of the series touches; undefined if none. */
const inDay = ({ series }: DayView, from: number, to: number): Pick<Found, "from" | "to"> | undefined => {
  const [first, end] = [Math.max(0, from - series.first), Math.min(series.slotsOfDay, to - series.first)];
  return first < end ? { from: first, to: end } : undefined;
};

export const sumCheck = dayRule({
  number: 4,
  name: "sum-check",
  verdicts: ["suspect"],
  settings: {
    unitsPerBoundary: { default: 2, unit: "counts", least: 0, most: 1_000, text: "tolerance for each edge of a slot" },
    fraction: { default: 0.005, unit: "of the difference", least: 0, most: 1, text: "tolerance for the whole" },
  },
  sentence:
    "The sum of the slots between two registers differs from what the registers say, by more than 2 counts for each edge of a slot and more than 0.5 %: the day is suspect.",
  looksAhead: registerReach,
  judge: (view, settings) =>
    view.registers.brackets.flatMap((bracket) => {
      const content = view.content(bracket);
      const range = content === undefined ? undefined : inDay(view, content.from, content.to);
      if (content === undefined || range === undefined) return [];
      const { known, missing } = content;
      const off = known - bracket.rise;
      // While slots are missing, the others must only not exceed the difference.
      const wrong = missing.length === 0 ? Math.abs(off) : off;
      const { count } = view.input.point;
      if (wrong <= toleranceOf(settings, { slots: content.to - content.from, rise: bracket.rise, count })) return [];
      return [{ verdict: "suspect" as const, ...range, detail: { sum: known, registers: bracket.rise } }];
    }),
});

const slotAt = ({ series: { start, step } }: DayView, time: number): number => Math.floor((time - start) / step);

export const meterChange = dayRule({
  number: 10,
  name: "meter-change",
  verdicts: ["stop"],
  settings: {},
  sentence:
    "Another meter came, a register fell, or a serial number changed: nothing is estimated across it, and if no exchange explains it, nothing between the two readings either.",
  looksAhead: registerReach,
  judge: (view) => {
    const { series, registers } = view;
    const exchanged: Found[] = [];
    for (let n = 0; n < series.slotsOfDay; n++) {
      const slot = series.first + n;
      const [meter, before] = [series.meters[slot], series.meters[slot - 1]];
      const detail = { cause: "exchange" };
      if (meter === partOfMeter) exchanged.push({ verdict: "stop", from: n, to: n + 1, detail });
      // At the edge of two slots no slot is of both.
      else if (before !== undefined && before >= 0 && meter !== undefined && meter >= 0 && meter !== before)
        exchanged.push({ verdict: "stop", from: n, to: n, detail });
    }
    const broken = registers.breaks.flatMap(({ from, to, cause }) => {
      const [first, last] = [slotAt(view, from), slotAt(view, Math.max(from, to - 1))];
      const range = inDay(view, first, last + 1);
      return range === undefined ? [] : [{ verdict: "stop" as const, ...range, detail: { cause } }];
    });
    return [...exchanged, ...broken];
  },
});
