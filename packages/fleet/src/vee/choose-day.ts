/** The values that bills use: one version after the other, each with code, rule, author and time. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { ValueCode } from "./codes.ts";
import type { SlotEdit } from "./edits.ts";
import type { Estimate } from "./estimate-day.ts";
import type { DayVerdicts, SlotVerdict } from "./judge-day.ts";
import { codeOfMethod, numberOf } from "./rules/rules.ts";
import { statusBits } from "./slot-status.ts";

/** One version of a day, as a row of `chosen_day`. */
export interface ChosenDay {
  /** The first is 1. */
  readonly version: number;
  /** In the point's unit; null exactly where the code is `missing`. */
  readonly values: readonly (number | null)[];
  readonly codes: readonly ValueCode[];
  /** Number of the rule that doubted the value, or of the way by which it was found; 0 if it is as the meter recorded it. */
  readonly rules: readonly number[];
  /** The author of the edit that made this version, else `vee`. */
  readonly by: string;
  /** The reason of that edit; null of `vee`. */
  readonly reason: string | null;
  readonly at: Millis;
}

/** What the meter recorded, slot by slot; it is only read. */
export interface DayProfile {
  readonly values: readonly (number | null)[];
  readonly status: readonly number[];
}

export interface Choice {
  /** null for the first version. */
  readonly previous: ChosenDay | null;
  readonly profile: DayProfile;
  readonly verdicts: DayVerdicts;
  readonly estimates: readonly (Estimate | null)[];
  readonly edits: readonly (SlotEdit | null)[];
  /** Now, milliseconds since 1970. */
  readonly at: Millis;
}

interface ChosenSlot {
  readonly value: number | null;
  readonly code: ValueCode;
  readonly rule: number;
}

const measuredCode = (status: number): ValueCode => {
  if ((status & statusBits.manual) !== 0) return "edited";
  if ((status & statusBits.calculated) !== 0) return "calculated";
  return (status & statusBits.recovered) !== 0 ? "recovered" : "measured";
};

const byHand = numberOf("by-hand");

const measured = (value: number, status: number, verdict: SlotVerdict | null): ChosenSlot =>
  verdict?.verdict === "suspect" || verdict?.verdict === "stop"
    ? { value, code: "suspect", rule: numberOf(verdict.rule) }
    : { value, code: measuredCode(status), rule: 0 };

const chooseSlot = ({ profile, verdicts, estimates, edits }: Choice, slot: number): ChosenSlot => {
  const [recorded, edit] = [profile.values[slot] ?? null, edits[slot] ?? null];
  const [verdict, estimate] = [verdicts.slots[slot] ?? null, estimates[slot] ?? null];
  if (edit?.kind === "set") return { value: edit.value, code: "edited", rule: byHand };
  if (edit?.kind === "accept" && recorded !== null) return { value: recorded, code: "edited", rule: byHand };
  const refused = edit?.kind === "estimate" || isRefused(verdicts, slot);
  if (recorded !== null && !refused) return measured(recorded, profile.status[slot] ?? 0, verdict);
  if (estimate !== null)
    return { value: estimate.value, code: codeOfMethod(estimate.method), rule: numberOf(estimate.method) };
  return { value: null, code: "missing", rule: verdict === null ? 0 : numberOf(verdict.rule) };
};

/** A stop is stronger, but does not undo a refusal. */
const isRefused = ({ findings }: DayVerdicts, slot: number): boolean =>
  findings.some(({ verdict, from, to }) => verdict === "refuse" && slot >= from && slot < to);

/** Whether a slot changed because somebody withdrew a decision; later it changes by itself. */
const isWithdrawal = ({ edit }: SlotEdit, slot: number, previous: ChosenDay | null): boolean =>
  previous !== null && (previous.rules[slot] === byHand || edit.at > previous.at);

/** The newest edit of a slot that this version changes. */
const editOf = ({ edits, previous }: Choice, changed: readonly number[]): SlotEdit["edit"] | undefined =>
  changed
    .flatMap((slot) => {
      const one = edits[slot] ?? null;
      return one === null || (one.kind === "withdraw" && !isWithdrawal(one, slot, previous)) ? [] : [one.edit];
    })
    .reduce<SlotEdit["edit"] | undefined>(
      (last, edit) => (last === undefined || edit.at > last.at ? edit : last),
      undefined,
    );

/**
 * The next version of a day, or `"unchanged"` if the previous one says the same of every slot. What the meter recorded stays as it is.
 *
 * @throws UsageError (`choice`) if the parts are of days with different numbers of slots
 * @example
 * ```ts
 * const next = chooseDay({ previous, profile, verdicts, estimates, edits, at: clock.now() });
 * if (next !== "unchanged") await store(next);
 * ```
 */
export const chooseDay = (choice: Choice): ChosenDay | "unchanged" => {
  const { previous, profile, verdicts, estimates, edits, at } = choice;
  const count = profile.values.length;
  const lengths = [profile.status, verdicts.slots, estimates, edits];
  if (lengths.some(({ length }) => length !== count))
    throw new UsageError("choice", `all parts of a choice must have the ${count} slots of the profile`);
  const slots = profile.values.map((_, slot) => chooseSlot(choice, slot));
  // Slots of another length say something else, whatever their values: then all of them changed.
  const same = previous?.values.length === count ? previous : null;
  const changed = slots.flatMap(({ value, code, rule }, slot) =>
    same?.values[slot] === value && same.codes[slot] === code && same.rules[slot] === rule ? [] : [slot],
  );
  if (previous !== null && changed.length === 0) return "unchanged";
  const edit = editOf(choice, changed);
  return {
    version: (previous?.version ?? 0) + 1,
    values: slots.map(({ value }) => value),
    codes: slots.map(({ code }) => code),
    rules: slots.map(({ rule }) => rule),
    by: edit?.author ?? "vee",
    reason: edit?.reason ?? null,
    at,
  };
};
