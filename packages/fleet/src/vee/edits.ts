/** What people decide about slots. The values of the meter stay as they are; decisions are kept beside them, each with author and reason. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Series } from "./series.ts";
import { share } from "./share.ts";
import { dayMillis } from "./vee-input.ts";

interface Decision {
  /** Who decided: a user of the gateway. */
  readonly author: string;
  /** Why, in words. */
  readonly reason: string;
  /** When it was decided, milliseconds since 1970; of two decisions about a slot the later one holds. */
  readonly at: Millis;
  /** The slots: first moment of the first, and the end of the last. */
  readonly from: Millis;
  readonly to: Millis;
}

/**
 * - `set`: these values, one a slot.
 * - `accept`: what the meter recorded is right, whatever the rules say.
 * - `estimate`: what the meter recorded is wrong; estimate it.
 * - `withdraw`: forget what was decided before.
 */
export type Edit = Decision &
  (
    | { readonly kind: "set"; readonly values: readonly number[] }
    | { readonly kind: "accept" | "estimate" | "withdraw" }
  );

/** What holds for one slot. */
export type SlotEdit =
  | { readonly kind: "set"; readonly value: number; readonly edit: Edit }
  | { readonly kind: "accept" | "estimate"; readonly edit: Edit }
  /** Nothing holds any more, by this decision. */
  | { readonly kind: "withdraw"; readonly edit: Edit };

const most = { author: 100, reason: 500, days: 31 } as const;
/** Control characters, and marks that turn the direction of a text, could hide what was written. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const refuse = (what: string): never => {
  throw new UsageError("edit", what);
};

const checkText = (name: "author" | "reason", text: unknown): void => {
  if (typeof text !== "string" || text.trim() === "") refuse(`the edit has no ${name}: write one`);
  else if (text.length > most[name]) refuse(`the ${name} has ${text.length} characters: write at most ${most[name]}`);
  else if (hidden.test(text))
    refuse(`the ${name} has a line break or a hidden character: write one line of plain text`);
};

/**
 * Refuses an edit that may not be kept.
 *
 * @param step length of a slot, milliseconds
 * @throws UsageError (`edit`) with what is wrong
 */
export const checkEdit = (edit: Edit, step: Millis): void => {
  checkText("author", edit.author);
  checkText("reason", edit.reason);
  const { kind, from, to, at } = edit;
  if (!["set", "accept", "estimate", "withdraw"].includes(kind))
    refuse("an edit sets, accepts, estimates or withdraws: choose one of set, accept, estimate, withdraw");
  if (![from, to, at].every(Number.isSafeInteger)) refuse("the times of an edit are whole milliseconds since 1970");
  if (from % step !== 0 || to % step !== 0) refuse("an edit begins and ends at the edges of slots");
  if (from >= to || to - from > most.days * dayMillis) refuse(`an edit is about one slot up to ${most.days} days`);
  if (edit.kind !== "set") return;
  const slots = (to - from) / step;
  if (edit.values.length !== slots)
    refuse(`the edit has ${edit.values.length} values for ${slots} slots: give one each`);
  if (!edit.values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31))
    refuse("values are whole numbers from 0 to 2147483647");
};

/** What values over some time say of a slot; undefined if their edges are not its own. */
const valueAt = (
  { values, from, to }: { readonly values: readonly number[]; readonly from: Millis; readonly to: Millis },
  time: Millis,
  step: Millis,
): number | undefined => {
  const own = (to - from) / values.length;
  const first = (time - from) / own;
  if (step % own === 0)
    return Number.isInteger(first)
      ? values.slice(first, first + step / own).reduce((sum, value) => sum + value, 0)
      : undefined;
  if (own % step !== 0) return undefined;
  const [whole, parts] = [Math.floor(first), new Array<number>(own / step).fill(1)];
  return share(values[whole] ?? 0, parts)[(time - from - whole * own) / step];
};

/**
 * What holds for each slot of a series; the order in which edits are given does not matter unless two were made in the same millisecond.
 * An edit holds whatever the length of slots was when it was made, since the meter may have been exchanged meanwhile: its values are added up or
 * shared out evenly. A slot that is only in part of an edit is not edited.
 */
export const editsOf = (series: Series, edits: readonly Edit[]): ReadonlyMap<number, SlotEdit> => {
  const { start, step, length } = series;
  const held = new Map<number, SlotEdit>();
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    const first = Math.max(0, Math.ceil((edit.from - start) / step));
    const end = Math.min(length, Math.floor((edit.to - start) / step));
    for (let slot = first; slot < end; slot++) {
      if (edit.kind !== "set") held.set(slot, { kind: edit.kind, edit });
      else {
        const value = valueAt(edit, start + slot * step, step);
        if (value !== undefined) held.set(slot, { kind: "set", value, edit });
      }
    }
  }
  return held;
};
