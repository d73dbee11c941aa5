/** All rules in the order of docs/vee.md, and the ways to estimate in the order in which they are tried. */
import type { ValueCode } from "../codes.ts";
import { frozen, missingSlots, overlap, reactive, spike, unusualDay, wrongDirection, zeroRun } from "./day-rules.ts";
import { meterChange, sumCheck } from "./register-rules.ts";
import type { DayRule, Settings, SlotRule } from "./rule.ts";
import { beyondFuse, clockOffset, meterStatus } from "./slot-rules.ts";

export const rules = [
  missingSlots,
  meterStatus,
  clockOffset,
  sumCheck,
  beyondFuse,
  spike,
  unusualDay,
  zeroRun,
  frozen,
  meterChange,
  wrongDirection,
  reactive,
  overlap,
] as const;

export type RuleName = (typeof rules)[number]["name"];

const all: readonly (SlotRule<RuleName> | DayRule<RuleName>)[] = rules;
export const slotRules = all.filter((rule) => rule.kind === "slot");
export const dayRules = all.filter((rule) => rule.kind === "day");

/** A way to find a value that the meter does not have. */
interface Method<N extends string = string, S extends Settings = Settings> {
  /** Stored in `chosen_day.rule`, like the number of a rule. */
  readonly number: number;
  readonly name: N;
  readonly code: ValueCode;
  readonly settings: S;
  readonly sentence: string;
}

const method = <const N extends string, const S extends Settings>(one: Method<N, S>): Method<N, S> => one;

export const methods = [
  method({
    number: 21,
    name: "between-registers",
    code: "registers",
    settings: {
      likeDaysMost: {
        default: 4,
        unit: "days",
        least: 1,
        most: 10,
        whole: true,
        text: "like days that give the shape",
      },
    },
    sentence:
      "The registers before and after are known, within a second of an edge of a slot or at an exchange: what lies between them, less the slots that are known, is shared out by the shape of the last four like days, to the unit. Without like days the shape is a straight line for a short gap, else even. It is not done if the slots alone exceed the registers by more than the sum check allows, or if a share is more than the fuse allows.",
  }),
  method({
    number: 22,
    name: "straight-line",
    code: "line",
    settings: { hours: { default: 2, unit: "hours", least: 0, most: 24, text: "longest gap" } },
    sentence: "The gap has two hours or less: a straight line from the slot before to the slot after.",
  }),
  method({
    number: 23,
    name: "like-day",
    code: "like-day",
    settings: {
      least: { default: 3, unit: "days", least: 1, most: 5, whole: true, text: "fewer like days say nothing" },
      most: { default: 4, unit: "days", least: 1, most: 10, whole: true, text: "like days that are looked at" },
    },
    sentence:
      "The median of the last three or four like days at the same local time: the same weekday, for Tuesday to Thursday also the other two of them, and for a holiday Sundays; whole days of the same meter that nothing is wrong with, at most five weeks before.",
  }),
  method({
    number: 24,
    name: "by-hand",
    code: "edited",
    settings: {},
    sentence:
      "A person enters the values, or accepts what the meter recorded, with a reason. Until then the slot is missing.",
  }),
] as const;

export type MethodName = (typeof methods)[number]["name"];

const numbers = new Map<RuleName | MethodName, number>(
  [...rules, ...methods].map(({ name, number }) => [name, number]),
);

export const numberOf = (name: RuleName | MethodName): number => numbers.get(name) ?? 0;

/**
 * The rule or the way that a stored number stands for; undefined if none does. 0 is a value as the meter recorded it.
 *
 * @example
 * nameOfRule(5) // "beyond-fuse"
 */
export const nameOfRule = (number: number): RuleName | MethodName | undefined =>
  [...rules, ...methods].find((one) => one.number === number)?.name;

export const codeOfMethod = (name: MethodName): ValueCode =>
  methods.find((one) => one.name === name)?.code ?? "missing";
