/** The body of a decision about slots of a day, from what was chosen and typed. */
import type { DayLayers, Decision } from "../vee-answers.ts";

export interface Decided {
  readonly kind: Decision;
  /** Indexes of the first and the last slot. */
  readonly first: number;
  readonly last: number;
  readonly reason: string;
  /** Of each slot, as typed; only for `set`. */
  readonly value: string;
}

/** Null while something is missing that the gateway would refuse in any case. */
export function decisionBody({ obis, slots }: Pick<DayLayers, "obis" | "slots">, decided: Decided): object | null {
  const { kind, first, last, reason, value } = decided;
  const [begin, end] = [slots[first], slots[last]];
  if (begin === undefined || end === undefined || last < first || reason.trim() === "") return null;
  const body = {
    kind,
    obis,
    from: new Date(begin.begins).toISOString(),
    to: new Date(end.ends).toISOString(),
    reason: reason.trim(),
  };
  if (kind !== "set") return body;
  const amount = Number(value);
  // Nobody means 0 by an empty field.
  if (value.trim() === "" || !Number.isSafeInteger(amount) || amount < 0) return null;
  return { ...body, values: Array.from({ length: last - first + 1 }, () => amount) };
}
