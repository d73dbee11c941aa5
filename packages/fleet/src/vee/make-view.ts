/** Makes the view of a day that rules and estimation look at. */
import type { Millis } from "@meterport/protocol/ports";
import { type Bracket, registersOf } from "./brackets.ts";
import type { BracketContent, DayView } from "./day-view.ts";
import { type Edit, editsOf } from "./edits.ts";
import { type LikeDays, likeDaysOf } from "./like-days.ts";
import { type SlotFinding, type SlotView, stronger, type Verdict } from "./rules/rule.ts";
import { type RuleName, slotRules } from "./rules/rules.ts";
import { type Series, seriesOf, timeOf } from "./series.ts";
import type { VeeSettings } from "./settings.ts";
import { type ClockOffset, checkInput, dayMillis, type PointFacts, type VeeInput } from "./vee-input.ts";

const hour: Millis = 3_600_000;

/** Units that a fuse lets through in some time. */
const fuseUnitsOf = ({ fuse, unit }: Pick<PointFacts, "fuse" | "unit">, amps: number, millis: Millis): number => {
  const { amps: known, volts, phases } = fuse ?? { amps, volts: 400, phases: 3 as const };
  return ((phases === 3 ? Math.sqrt(3) : 1) * volts * known * millis) / hour / unit;
};

/** What is let through in a slot; each rule asks for the same amps at each of them. */
const fuseFinder = ({ point, step }: VeeInput): DayView["fuseUnits"] => {
  let last: { readonly amps: number; readonly units: number } | undefined;
  return (amps) => {
    if (last?.amps !== amps) last = { amps, units: fuseUnitsOf(point, amps, step) };
    return last.units;
  };
};

/** The offset at the first read after a slot. */
const offsetFinder = (clock: readonly ClockOffset[], series: Series): DayView["clockOffset"] => {
  const sorted = clock.toSorted(
    // Of two reads at the same moment the worse one counts, so that their order does not matter.
    (a, b) => a.time - b.time || Math.abs(b.offset) - Math.abs(a.offset) || b.offset - a.offset,
  );
  if (sorted.length === 0) return () => null;
  return (slot) => {
    const end = timeOf(series, slot + 1);
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.time ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    const found = sorted[low];
    return found === undefined || found.time > end + dayMillis ? null : found.offset;
  };
};

export interface NamedSlotFinding extends SlotFinding {
  readonly rule: RuleName;
}

/** Everything that is known of a day, and what the rules for one slot say of each of them. */
export interface JudgedView extends DayView {
  slotFindings(slot: number): readonly NamedSlotFinding[];
  /** Whether somebody looked at a day that was not loaded. */
  lacked(): boolean;
}

/** Notes who looks at days that were not loaded. */
class Lack {
  #found: boolean;
  readonly #days: readonly boolean[] | undefined;
  readonly #slotsOfDay: number;

  constructor(series: Series, loaded: VeeInput["loaded"]) {
    const { start, slotsOfDay, length, first } = series;
    this.#slotsOfDay = slotsOfDay;
    this.#days =
      loaded === undefined
        ? undefined
        : Array.from({ length: length / slotsOfDay }, (_, n) => loaded.has(start + n * dayMillis));
    // Where the series would begin is not known.
    this.#found = loaded !== undefined && first === 0;
  }

  get isPossible(): boolean {
    return this.#days !== undefined;
  }

  get found(): boolean {
    return this.#found;
  }

  note(): void {
    this.#found = true;
  }

  lookAt(slot: number): void {
    if (this.#days !== undefined && this.#days[Math.floor(slot / this.#slotsOfDay)] !== true) this.note();
  }
}

const nothing: readonly NamedSlotFinding[] = [];

/** Each slot is judged once. Most of some thousands have nothing, so nothing is made for them. */
const slotJudge = (view: SlotView, settings: VeeSettings): JudgedView["slotFindings"] => {
  const used = slotRules.filter(({ name }) => settings[name].on);
  const kept = new Array<readonly NamedSlotFinding[] | null>(view.series.length).fill(null);
  return (slot) => {
    const before = kept[slot];
    if (before !== null && before !== undefined) return before;
    let found: NamedSlotFinding[] | undefined;
    for (const rule of used) {
      const one = rule.judge(view, slot, settings[rule.name]);
      if (one !== null) found = [...(found ?? []), { rule: rule.name, ...one }];
    }
    const findings = found ?? nothing;
    if (slot >= 0 && slot < kept.length) kept[slot] = findings;
    return findings;
  };
};

/** The slots of a bracket; undefined if it reaches beyond the days that are known, or cuts a slot whose energy is known. */
const contentOf = (
  series: Series,
  known: DayView["known"],
  lack: Lack,
  { from, to }: Bracket,
): BracketContent | undefined => {
  const { start, step, length } = series;
  const [first, end] = [Math.floor((from - start) / step), Math.ceil((to - start) / step)];
  if (first < 0 || end > length) {
    for (const slot of [first, end - 1]) lack.lookAt(slot);
    return undefined;
  }
  let sum = 0;
  const missing: { slot: number; millis: Millis }[] = [];
  for (let slot = first; slot < end; slot++) {
    const begin = timeOf(series, slot);
    const millis = Math.min(to, begin + step) - Math.max(from, begin);
    const value = known(slot);
    if (value === null) missing.push({ slot, millis });
    else if (millis < step) return undefined;
    else sum += value;
  }
  return { from: first, to: end, known: sum, missing };
};

/** Values of single slots are of any like days, so all of them are needed. */
const noLikeDays = (lack: Lack): LikeDays => ({
  valuesAt() {
    lack.note();
    return [];
  },
});

/**
 * The view of a day.
 *
 * @throws UsageError (`vee`, `edit`, `zone`) if what was given cannot be
 */
export const makeView = (input: VeeInput, settings: VeeSettings, edits: readonly Edit[]): JudgedView => {
  checkInput(input);
  const { factor, fallbackAmps } = settings["beyond-fuse"];
  const registers = registersOf(input, (millis) => factor * fuseUnitsOf(input.point, fallbackAmps, millis));
  // What lies between two registers is shared out to the unit, also where it reaches beyond the days of which anything is known.
  const near = registers.brackets.filter(({ from, to }) => from < input.day + dayMillis && to > input.day);
  const series = seriesOf(input, near);
  const held = editsOf(series, edits);
  const fuseUnits = fuseFinder(input);
  const slots: SlotView = { input, series, fuseUnits, clockOffset: offsetFinder(input.clock, series) };
  const slotFindings = slotJudge(slots, settings);
  const worst = (slot: number): Verdict | null => {
    const findings = slotFindings(slot);
    return findings === nothing
      ? null
      : findings.reduce<Verdict | null>((verdict, one) => stronger(verdict, one.verdict), null);
  };

  const lack = new Lack(series, input.loaded);
  const [first, end] = [series.first, series.first + series.slotsOfDay];

  const known = (slot: number): number | null => {
    if (slot < first || slot >= end) lack.lookAt(slot);
    const value = series.values[slot] ?? null;
    const edit = held.get(slot);
    if (edit?.kind === "set") return edit.value;
    if (edit?.kind === "accept") return value;
    return value === null || edit?.kind === "estimate" || worst(slot) === "refuse" ? null : value;
  };
  const isGood = (slot: number): boolean => {
    lack.lookAt(slot);
    const kind = held.get(slot)?.kind;
    const measured = (series.values[slot] ?? null) !== null && kind !== "set" && kind !== "estimate";
    return measured && worst(slot) === null;
  };
  const contents = new Map<Bracket, BracketContent | undefined>();
  return {
    ...slots,
    slotFindings,
    known,
    isGood,
    edit: (slot) => held.get(slot) ?? null,
    lacked: () => lack.found,
    likeDays: lack.isPossible ? noLikeDays(lack) : likeDaysOf(series, input.point.zone, input.holidays, isGood),
    registers,
    content(bracket) {
      if (!contents.has(bracket)) contents.set(bracket, contentOf(series, known, lack, bracket));
      return contents.get(bracket);
    },
  };
};
