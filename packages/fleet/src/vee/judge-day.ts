/** Validation: what all rules say of a day. */
import type { JudgedView } from "./make-view.ts";
import { type Found, stronger, type Verdict } from "./rules/rule.ts";
import { dayRules, type RuleName, rules } from "./rules/rules.ts";
import type { VeeSettings } from "./settings.ts";

export interface Finding extends Found {
  readonly rule: RuleName;
}

/** The strongest verdict about one slot, and the rule that gave it. */
export interface SlotVerdict {
  readonly verdict: Verdict;
  readonly rule: RuleName;
}

export interface DayVerdicts {
  /** In the order of the rules, then of the slots. */
  readonly findings: readonly Finding[];
  /** null: nothing was found. A notice about the whole day is not repeated at each slot. */
  readonly slots: readonly (SlotVerdict | null)[];
  /** The strongest of all; null if nothing was found. */
  readonly day: Verdict | null;
}

const sameAs = (a: Finding, b: Finding): boolean =>
  a.rule === b.rule && a.verdict === b.verdict && JSON.stringify(a.detail) === JSON.stringify(b.detail);

/** What the rules for one slot found, with neighbours of which the same is true joined. */
const slotFindings = (view: JudgedView): Finding[] => {
  const { first, slotsOfDay } = view.series;
  const joined: { -readonly [K in keyof Finding]: Finding[K] }[] = [];
  for (let n = 0; n < slotsOfDay; n++)
    for (const one of view.slotFindings(first + n)) {
      const next: Finding = { ...one, from: n, to: n + 1 };
      const last = joined.findLast(({ rule, to }) => rule === next.rule && to === n);
      if (last !== undefined && sameAs(last, next)) last.to = n + 1;
      else joined.push(next);
    }
  return joined;
};

const order: ReadonlyMap<RuleName, number> = new Map(rules.map(({ name }, n) => [name, n]));
const orderOf = (rule: RuleName): number => order.get(rule) ?? 0;

/** Applies all rules that are on to the day of a view. */
export const judgeDay = (view: JudgedView, settings: VeeSettings): DayVerdicts => {
  const ofDay = dayRules
    .filter(({ name }) => settings[name].on)
    .flatMap((rule) => rule.judge(view, settings[rule.name]).map((found): Finding => ({ rule: rule.name, ...found })));
  const findings = [...slotFindings(view), ...ofDay].sort(
    (a, b) => orderOf(a.rule) - orderOf(b.rule) || a.from - b.from,
  );
  const { slotsOfDay } = view.series;
  const slots = new Array<SlotVerdict | null>(slotsOfDay).fill(null);
  for (const { rule, verdict, from, to } of findings) {
    if (verdict === "notice" && from === 0 && to === slotsOfDay) continue;
    for (let slot = from; slot < to; slot++) {
      const before = slots[slot]?.verdict ?? null;
      if (before === null || stronger(before, verdict) !== before) slots[slot] = { verdict, rule };
    }
  }
  const day = findings.reduce<Verdict | null>((worst, { verdict }) => stronger(worst, verdict), null);
  return { findings, slots, day };
};
