/** Estimation: values for slots that have none, by the first way of `methods` that can. Nothing is estimated across an exchange. */
import type { Millis } from "@meterport/protocol/ports";
import type { Bracket } from "./brackets.ts";
import type { BracketContent, DayView } from "./day-view.ts";
import type { DayVerdicts } from "./judge-day.ts";
import { toleranceOf } from "./rules/register-rules.ts";
import type { MethodName } from "./rules/rules.ts";
import { noMeter, timeOf } from "./series.ts";
import type { VeeSettings } from "./settings.ts";
import { doubleMedian, share } from "./share.ts";

/** A value in the point's unit and how it was found. */
export interface Estimate {
  readonly value: number;
  readonly method: MethodName;
}

/** What was found for one slot between registers; at an exchange it has two parts. */
interface Part {
  units: number;
  millis: Millis;
}

/** Slots in which something happened that nobody knows. An exchange is known. */
const brokenSlots = (view: DayView, { findings }: DayVerdicts): ReadonlySet<number> => {
  const broken = new Set<number>();
  for (const { verdict, detail, from, to } of findings)
    if (verdict === "stop" && detail.cause !== "exchange")
      for (let slot = from; slot < to; slot++) broken.add(view.series.first + slot);
  return broken;
};

/** A run of slots of one meter without a value, with the values at both sides. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** The gap around a slot; undefined if a neighbour is unknown or of another meter, or the gap is longer than `longest`. */
const gapAround = (view: DayView, slot: number, longest: number): Gap | undefined => {
  const { meters } = view.series;
  const meter = meters[slot];
  if (meter === undefined || meter < 0) return undefined;
  const open = (one: number): boolean => meters[one] === meter && view.known(one) === null;
  let [from, to] = [slot, slot + 1];
  while (to - from <= longest && open(from - 1)) from--;
  while (to - from <= longest && open(to)) to++;
  const [before, after] = [view.known(from - 1), view.known(to)];
  const sameMeter = meters[from - 1] === meter && meters[to] === meter;
  return to - from > longest || !sameMeter || before === null || after === null
    ? undefined
    : { from, to, before, after };
};

/** The straight line through a gap, times the number of its slots and one, so that it stays whole. */
const lineAt = ({ from, to, before, after }: Gap, slot: number): number =>
  before * (to - slot) + after * (slot + 1 - from);

const longestLine = (view: DayView, settings: VeeSettings): number => {
  const { on, hours } = settings["straight-line"];
  return on ? Math.floor((hours * 3_600_000) / view.series.step) : 0;
};

/** Shape of like days: a weight for each slot; those without like days get the average. Undefined if no slot has any. */
const likeShape = (view: DayView, slots: readonly number[], most: number): number[] | undefined => {
  const known = slots.map((slot) => doubleMedian(view.likeDays.valuesAt(slot, most)));
  const found = known.filter((one) => one !== undefined);
  const sum = found.reduce((total, one) => total + one, 0);
  if (sum === 0) return undefined;
  const average = Math.round(sum / found.length);
  return known.map((one) => one ?? average);
};

/** The straight line as a shape, if the slots are one short gap. */
const lineShape = (view: DayView, slots: readonly number[], settings: VeeSettings): number[] | undefined => {
  const [first = 0] = slots;
  const gap = gapAround(view, first, longestLine(view, settings));
  const isWhole = gap !== undefined && gap.from === first && gap.to - gap.from === slots.length;
  return isWhole ? slots.map((slot) => lineAt(gap, slot)) : undefined;
};

/** Weights are whole: a slot has 3,600 parts. */
const partsOfSlot = 3_600;
const partOf = (millis: Millis, step: Millis): number => Math.max(1, Math.round((partsOfSlot * millis) / step));

/** Weights for the slots that a bracket lacks, as far as they lie in it. */
const weightsOf = (view: DayView, { missing }: BracketContent, settings: VeeSettings): number[] => {
  const slots = missing.map(({ slot }) => slot);
  const { likeDaysMost } = settings["between-registers"];
  const shape = likeShape(view, slots, likeDaysMost) ?? lineShape(view, slots, settings);
  return missing.map(({ millis }, n) => (shape?.[n] ?? 1) * partOf(millis, view.series.step));
};

const overlaps = (a: { from: Millis; to: Millis }, b: { from: Millis; to: Millis }): boolean =>
  a.from < b.to && b.from < a.to;

/**
 * What the slots that a bracket lacks get; undefined if the registers contradict the slots or the fuse, so that nothing can be said.
 */
const shareOf = (
  view: DayView,
  bracket: Bracket,
  content: BracketContent,
  settings: VeeSettings,
): number[] | undefined => {
  const rest = bracket.rise - content.known;
  const sum = { slots: content.to - content.from, rise: bracket.rise, count: view.input.point.count };
  if (rest < -toleranceOf(settings["sum-check"], sum)) return undefined;
  const parts = share(Math.max(0, rest), weightsOf(view, content, settings));
  const { factor, fallbackAmps } = settings["beyond-fuse"];
  const limit = (factor * view.fuseUnits(fallbackAmps)) / view.series.step;
  return parts.every((units, n) => units <= 1 + limit * (content.missing[n]?.millis ?? 0)) ? parts : undefined;
};

interface BetweenRegisters {
  readonly parts: ReadonlyMap<number, Part>;
  /** Slots about which registers and slots disagree: only a person can tell. */
  readonly contradicted: ReadonlySet<number>;
}

const betweenRegisters = (view: DayView, wanted: ReadonlySet<number>, settings: VeeSettings): BetweenRegisters => {
  const [parts, contradicted] = [new Map<number, Part>(), new Set<number>()];
  if (!settings["between-registers"].on) return { parts, contradicted };
  const { brackets, breaks } = view.registers;
  const { first, slotsOfDay } = view.series;
  const day = { from: timeOf(view.series, first), to: timeOf(view.series, first + slotsOfDay) };
  for (const bracket of brackets) {
    if (!overlaps(bracket, day) || breaks.some((one) => overlaps(one, bracket))) continue;
    const content = view.content(bracket);
    if (content === undefined || !content.missing.some(({ slot }) => wanted.has(slot))) continue;
    const found = shareOf(view, bracket, content, settings);
    for (const [n, { slot, millis }] of content.missing.entries()) {
      const part = parts.get(slot) ?? { units: 0, millis: 0 };
      if (found === undefined) contradicted.add(slot);
      else parts.set(slot, { units: part.units + (found[n] ?? 0), millis: part.millis + millis });
    }
  }
  return { parts, contradicted };
};

/** How long meters hung at the point during a slot. While they are exchanged nobody counts. */
const meteredMillis = ({ input, series }: DayView, slot: number): Millis => {
  const [from, to] = [timeOf(series, slot), timeOf(series, slot + 1)];
  if ((series.meters[slot] ?? noMeter) >= 0) return series.step;
  return input.installations.reduce(
    (sum, one) => sum + Math.max(0, Math.min(to, one.to ?? Infinity) - Math.max(from, one.from)),
    0,
  );
};

const byLine = (view: DayView, slot: number, settings: VeeSettings): Estimate | null => {
  const gap = gapAround(view, slot, longestLine(view, settings));
  if (gap === undefined) return null;
  return { value: Math.round(lineAt(gap, slot) / (gap.to - gap.from + 1)), method: "straight-line" };
};

const byLikeDay = (view: DayView, slot: number, settings: VeeSettings): Estimate | null => {
  const { on, least, most } = settings["like-day"];
  const values = on ? view.likeDays.valuesAt(slot, most) : [];
  const double = values.length < least ? undefined : doubleMedian(values);
  return double === undefined ? null : { value: Math.round(double / 2), method: "like-day" };
};

/**
 * Values for those slots of the day that have none, null for all others and where no way is left but by hand. The sum between two registers
 * is exact to the unit.
 */
export const estimateDay = (
  view: DayView,
  verdicts: DayVerdicts,
  settings: VeeSettings,
): readonly (Estimate | null)[] => {
  const { slots, meters } = view.series;
  const broken = brokenSlots(view, verdicts);
  const wanted = new Set(
    slots.filter((slot) => view.known(slot) === null && meters[slot] !== noMeter && !broken.has(slot)),
  );
  if (wanted.size === 0) return slots.map(() => null);
  const { parts, contradicted } = betweenRegisters(view, wanted, settings);
  return slots.map((slot) => {
    if (!wanted.has(slot)) return null;
    const part = parts.get(slot);
    if (part !== undefined && part.millis === meteredMillis(view, slot))
      return { value: part.units, method: "between-registers" };
    if (contradicted.has(slot)) return null;
    return byLine(view, slot, settings) ?? byLikeDay(view, slot, settings);
  });
};
