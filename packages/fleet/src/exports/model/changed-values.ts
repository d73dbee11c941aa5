/** What differs between what a file carried before and what is chosen now. */
import { UsageError } from "@meterport/protocol/errors";
import type { ExportDay, ExportValue } from "./export-day.ts";

/** A run of intervals that all changed, and where it begins. */
export interface ChangedRun {
  /** Index of its first interval in the new day. */
  readonly first: number;
  readonly values: readonly ExportValue[];
}

const isSame = (a: ExportValue | undefined, b: ExportValue): boolean => a?.amount === b.amount && a.code === b.code;

/**
 * The intervals of `now` that `before` did not carry with the same amount and code; all of them if nothing was carried. A version alone is no
 * change, since a receiver never sees it.
 *
 * @throws UsageError (`days`) if the days are not of one channel and one span
 */
export const changedRuns = (before: ExportDay | null, now: ExportDay): readonly ChangedRun[] => {
  const isOther = (key: "point" | "obis" | "unit" | "start" | "step"): boolean =>
    before !== null && before[key] !== now[key];
  if ((["point", "obis", "unit", "start", "step"] as const).some(isOther))
    throw new UsageError(
      "days",
      `${now.point}, ${now.obis}: what was carried before is of another channel or day: give the same day`,
    );
  const runs: { first: number; values: ExportValue[] }[] = [];
  for (const [n, value] of now.values.entries()) {
    if (isSame(before?.values[n], value)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.values.length === n) last.values.push(value);
    else runs.push({ first: n, values: [value] });
  }
  return runs;
};
