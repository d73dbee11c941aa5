/** Rules that look at a day, and some of them at days before it. Thresholds are ours (reference of the fleet, section 3.1). */

import type { DayView } from "../day-view.ts";
import { likeTotals, medianTotal } from "../like-days.ts";
import { noMeter } from "../series.ts";
import { statusBits } from "../slot-status.ts";
import { dayRule, type Found, type NumberSetting } from "./rule.ts";

/** Joins neighbouring slots into ranges of the day. */
const ranges = (view: DayView, slots: readonly number[], found: Pick<Found, "verdict" | "detail">): Found[] => {
  const joined: { from: number; to: number }[] = [];
  for (const slot of slots.map((one) => one - view.series.first)) {
    const last = joined.at(-1);
    if (last?.to === slot) last.to++;
    else joined.push({ from: slot, to: slot + 1 });
  }
  return joined.map((range) => ({ ...range, ...found }));
};

const wholeDay = (view: DayView, detail: Found["detail"]): readonly Found[] => [
  { verdict: "notice", from: 0, to: view.series.slotsOfDay, detail },
];

/** The sum of some slots; null if one of them is unknown. */
const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);

const knownOf = (view: DayView): (number | null)[] => view.series.slots.map((slot) => view.known(slot));

const likeSettings = {
  likeDaysLeast: { default: 3, unit: "days", least: 1, most: 5, whole: true, text: "fewer like days say nothing" },
  likeDaysMost: { default: 4, unit: "days", least: 1, most: 10, whole: true, text: "like days that are looked at" },
} as const satisfies Record<string, NumberSetting>;

const fallbackAmps = {
  default: 250,
  unit: "A",
  least: 1,
  most: 10_000,
  text: "the fuse where it is not known",
} as const;

const medianOf = (view: DayView, settings: { readonly likeDaysLeast: number; readonly likeDaysMost: number }) => {
  const { input, series } = view;
  const totals = likeTotals(series, input.point.zone, input.holidays, view.isGood, settings.likeDaysMost);
  return medianTotal(totals, settings.likeDaysLeast);
};

export const missingSlots = dayRule({
  number: 1,
  name: "missing-slots",
  verdicts: ["estimate"],
  settings: {},
  sentence: "The slot has no value although a meter hung there: it is estimated.",
  looksAhead: 0,
  judge: (view) => {
    const { series } = view;
    const missing = view.series.slots.filter(
      (slot) => (series.values[slot] ?? null) === null && series.meters[slot] !== noMeter,
    );
    return ranges(view, missing, { verdict: "estimate", detail: {} });
  },
});

/** The three largest slots of the day; of equal ones the first. */
const largestThree = (view: DayView): readonly { readonly slot: number; readonly value: number }[] => {
  const found: { slot: number; value: number }[] = [];
  for (const slot of view.series.slots) {
    const value = view.known(slot);
    if (value === null || (found.length === 3 && value <= (found[2]?.value ?? 0))) continue;
    const place = found.findIndex((one) => one.value < value);
    found.splice(place < 0 ? found.length : place, 0, { slot, value });
    found.length = Math.min(found.length, 3);
  }
  return found;
};

export const spike = dayRule({
  number: 6,
  name: "spike",
  verdicts: ["suspect"],
  settings: {
    ratio: { default: 2.8, unit: "times", least: 1, most: 100, text: "the largest slot against the third largest" },
    fuseFraction: { default: 0.2, unit: "of the fuse", least: 0, most: 1, text: "smaller slots are no spikes" },
    fallbackAmps,
  },
  sentence:
    "The largest slot of the day is more than 2.8 times the third largest, and more than a fifth of what the fuse lets through: it is suspect.",
  looksAhead: 0,
  judge: (view, { ratio, fuseFraction, fallbackAmps: amps }) => {
    const [largest, , third] = largestThree(view);
    if (largest === undefined || third === undefined) return [];
    const { value, slot } = largest;
    if (value <= ratio * third.value || value <= fuseFraction * view.fuseUnits(amps)) return [];
    return ranges(view, [slot], { verdict: "suspect", detail: { value, third: third.value } });
  },
});

export const unusualDay = dayRule({
  number: 7,
  name: "unusual-day",
  verdicts: ["notice"],
  settings: {
    low: { default: 0.2, unit: "times the median", least: 0, most: 1, text: "a smaller day is low" },
    high: { default: 5, unit: "times the median", least: 1, most: 1_000, text: "a larger day is high" },
    ...likeSettings,
  },
  sentence: "The day has less than 0.2 times or more than 5 times the median of the last four like days: a notice.",
  looksAhead: 0,
  judge: (view, settings) => {
    const total = sumOf(knownOf(view));
    const median = total === null ? undefined : medianOf(view, settings);
    if (total === null || median === undefined) return [];
    const usual = total >= settings.low * median && total <= settings.high * median;
    return usual ? [] : wholeDay(view, { total, median });
  },
});

export const zeroRun = dayRule({
  number: 8,
  name: "zero-run",
  verdicts: ["notice"],
  settings: {
    hours: { default: 24, unit: "hours", least: 1, most: 720, text: "a shorter run of zeros is usual" },
    ...likeSettings,
  },
  sentence:
    "Slots have been 0 for more than 24 hours although the median of the last four like days is not: a notice. Not for export.",
  looksAhead: 0,
  judge: (view, settings) => {
    const { input, series } = view;
    if (input.point.direction === "export") return [];
    const longest = (settings.hours * 3_600_000) / series.step;
    let run = 0;
    for (let slot = series.first - 1; slot >= 0 && run <= longest && view.known(slot) === 0; slot--) run++;
    const found: number[] = [];
    for (const slot of view.series.slots) {
      run = view.known(slot) === 0 ? run + 1 : 0;
      if (run > longest) found.push(slot);
    }
    const median = found.length === 0 ? undefined : medianOf(view, settings);
    return median === undefined || median === 0 ? [] : ranges(view, found, { verdict: "notice", detail: { median } });
  },
});

export const frozen = dayRule({
  number: 9,
  name: "frozen",
  verdicts: ["suspect"],
  settings: {
    slots: {
      default: 8,
      unit: "slots",
      least: 2,
      most: 288,
      whole: true,
      text: "more equal slots in a row are frozen",
    },
    counts: { default: 5, unit: "counts", least: 0, most: 1_000_000, text: "smaller values are equal by chance" },
  },
  sentence: "More than 8 slots in a row have the same value of more than 5 counts: they are suspect.",
  looksAhead: 0,
  judge: (view, { slots: longest, counts }) => {
    const { first, slotsOfDay } = view.series;
    const [found, end]: [number[], number] = [[], first + slotsOfDay];
    let begin = first;
    // A run may have begun the day before, and how long before matters no more once it is too long.
    while (
      begin > 0 &&
      first - begin <= longest &&
      view.known(begin - 1) !== null &&
      view.known(begin - 1) === view.known(first)
    )
      begin--;
    for (let slot = begin; slot <= end; slot++) {
      if (slot < end && view.known(slot) !== null && view.known(slot) === view.known(begin)) continue;
      const value = view.known(begin);
      if (value !== null && value > counts * (view.input.point.count ?? 1) && slot - begin > longest)
        for (let one = Math.max(first, begin); one < slot; one++) found.push(one);
      begin = slot;
    }
    return ranges(view, found, { verdict: "suspect", detail: {} });
  },
});

export const wrongDirection = dayRule({
  number: 11,
  name: "wrong-direction",
  verdicts: ["notice"],
  settings: {
    fuseFraction: { default: 0.2, unit: "of the fuse", least: 0, most: 1, text: "what is high in one slot" },
    fallbackAmps,
  },
  sentence: "A point without plant exports, or import and export are both high in one slot: a notice.",
  looksAhead: 0,
  judge: (view, { fuseFraction, fallbackAmps: amps }) => {
    const { input, series } = view;
    const { direction, energy, plant } = input.point;
    if (energy !== "active") return [];
    // Each is found at one of the two channels, so that the inbox has it once.
    if (direction === "export") {
      const slots = plant === false ? view.series.slots.filter((slot) => (view.known(slot) ?? 0) > 0) : [];
      return ranges(view, slots, { verdict: "notice", detail: { why: "export without plant" } });
    }
    const high = fuseFraction * view.fuseUnits(amps);
    const both = view.series.slots.filter(
      (slot) => (view.known(slot) ?? 0) > high && (input.opposite?.[slot - series.first] ?? 0) > high,
    );
    return ranges(view, both, { verdict: "notice", detail: { why: "both directions high" } });
  },
});

export const reactive = dayRule({
  number: 12,
  name: "reactive",
  verdicts: ["notice"],
  settings: {
    tangent: { default: 3, unit: "tan φ", least: 0, most: 100, text: "more reactive against active energy is unusual" },
    leastVarh: {
      default: 1_000,
      unit: "varh",
      least: 0,
      most: 1e9,
      text: "less reactive energy in a day says nothing",
    },
  },
  sentence: "Reactive energy of the day is more than 3 times the active one, and more than 1,000 varh: a notice.",
  looksAhead: 0,
  judge: (view, { tangent, leastVarh }) => {
    const { point, opposite, reactive: values } = view.input;
    if (point.energy !== "active" || point.direction !== "import" || values === null) return [];
    const both = [sumOf(knownOf(view)), opposite === null ? 0 : sumOf(opposite)];
    const [active, other] = [sumOf(both), sumOf(values)];
    if (active === null || other === null) return [];
    if (other <= tangent * active || other * point.unit <= leastVarh) return [];
    return wholeDay(view, { active, reactive: other });
  },
});

export const overlap = dayRule({
  number: 13,
  name: "overlap",
  verdicts: ["notice"],
  settings: {},
  sentence:
    "Two channels or two reads have different values for one slot: the one with the higher rank is kept, and a notice says so.",
  looksAhead: 0,
  judge: (view) => {
    const { first, slotsOfDay, overlaps, status } = view.series;
    const channels = overlaps
      .filter(({ slot }) => slot >= first && slot < first + slotsOfDay)
      .flatMap(({ slot, kept, other }) => ranges(view, [slot], { verdict: "notice", detail: { kept, other } }));
    const reads = view.series.slots.filter((slot) => ((status[slot] ?? 0) & statusBits.disagrees) !== 0);
    return [...channels, ...ranges(view, reads, { verdict: "notice", detail: { why: "two reads" } })];
  },
});
