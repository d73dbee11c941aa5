/** The shape of a rule: one declaration from which the check, the settings with their schema, and docs/vee.md come. */
import type { Millis } from "@meterport/protocol/ports";
import type { DayView } from "../day-view.ts";

/**
 * The weakest first.
 *
 * - `notice`: somebody may want to know; the value stands.
 * - `suspect`: the value is used, marked as in doubt, until a person settles it.
 * - `estimate`: there is no value; one is estimated.
 * - `refuse`: the value is not used; one is estimated in its place.
 * - `stop`: nothing is estimated across this.
 */
export const verdicts = ["notice", "suspect", "estimate", "refuse", "stop"] as const;
export type Verdict = (typeof verdicts)[number];

/** The stronger of two verdicts. */
export const stronger = (a: Verdict | null, b: Verdict | null): Verdict | null =>
  a === null || (b !== null && verdicts.indexOf(b) > verdicts.indexOf(a)) ? b : a;

export interface NumberSetting {
  readonly default: number;
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  /** Whether only whole numbers make sense. */
  readonly whole?: true;
  readonly text: string;
}

export interface SwitchSetting {
  readonly default: boolean;
  readonly text: string;
}

export type Setting = NumberSetting | SwitchSetting;
export type Settings = Readonly<Record<string, Setting>>;

/** The values of some settings. */
export type SettingValues<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends SwitchSetting ? boolean : number;
};

/** What a rule found: slots of the day from `from` to before `to`, counted from 0. */
export interface Found {
  readonly verdict: Verdict;
  readonly from: number;
  readonly to: number;
  /** What was compared with what, for the inbox: numbers with the unit in their name, or a word. */
  readonly detail: Readonly<Record<string, number | string>>;
}

interface Declared<N extends string, S extends Settings> {
  /** Stored in `chosen_day.rule`; never given to another rule. */
  readonly number: number;
  readonly name: N;
  readonly verdicts: readonly Verdict[];
  readonly settings: S;
  /** For people: when the rule fires and what follows. */
  readonly sentence: string;
  /** How far after the end of the day the rule looks, milliseconds. */
  readonly looksAhead: Millis;
}

/** Values of the settings of a rule that is not known by name. */
export type AnyValues = Readonly<Record<string, number | boolean>>;

export type SlotFinding = Pick<Found, "verdict" | "detail">;
/** What is known before slots are judged. */
export type SlotView = Pick<DayView, "input" | "series" | "fuseUnits" | "clockOffset">;

/** A rule that looks at one slot alone. */
export interface SlotRule<N extends string = string, S extends Settings = Settings> extends Declared<N, S> {
  readonly kind: "slot";
  readonly judge: (view: SlotView, slot: number, settings: AnyValues) => SlotFinding | null;
}

/** A rule that looks at the whole day, and at days around it. */
export interface DayRule<N extends string = string, S extends Settings = Settings> extends Declared<N, S> {
  readonly kind: "day";
  readonly judge: (view: DayView, settings: AnyValues) => readonly Found[];
}

/** Declares a rule for one slot; its check gets the values of its own settings. */
export const slotRule = <const N extends string, const S extends Settings>(
  rule: Declared<N, S> & {
    readonly judge: (view: SlotView, slot: number, settings: SettingValues<S>) => SlotFinding | null;
  },
): SlotRule<N, S> => ({
  ...rule,
  kind: "slot",
  judge: (view, slot, settings) => rule.judge(view, slot, settings as SettingValues<S>),
});

/** Declares a rule for a day; its check gets the values of its own settings. */
export const dayRule = <const N extends string, const S extends Settings>(
  rule: Declared<N, S> & { readonly judge: (view: DayView, settings: SettingValues<S>) => readonly Found[] },
): DayRule<N, S> => ({
  ...rule,
  kind: "day",
  judge: (view, settings) => rule.judge(view, settings as SettingValues<S>),
});
