/** Which facts of a batch have a place: those whose months are kept, and whose time can be right. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { BookBatch } from "./facts.ts";
import { type Month, type MonthlyTable, type Months, monthOf } from "./partitions.ts";

/** A clock that is wrong by years would make a month's tables for each of them. */
const oldestYears = 10;
/** Generous, since the clock that we compare with is known as of some weeks ago; what it keeps out are months without end. */
const mostAhead: Millis = 2 * 366 * 86_400_000;

export interface Sorted {
  readonly batch: BookBatch;
  /** The months that it needs. */
  readonly needs: ReadonlyMap<MonthlyTable, ReadonlySet<Month>>;
  /** Facts without a place. */
  readonly outOfTime: number;
}

/** Sorts out what has no place. */
export const withinTime = (batch: BookBatch, { now, droppedBefore }: Pick<Months, "now" | "droppedBefore">): Sorted => {
  const needs = new Map<MonthlyTable, Set<Month>>();
  let outOfTime = 0;
  const oldest = monthOf(now) - 12 * oldestYears;
  const kept =
    <T>(table: MonthlyTable, timeOf: (fact: T) => Millis, needed = true) =>
    (fact: T): boolean => {
      const time = timeOf(fact);
      const month = monthOf(time);
      if (!(time <= now + mostAhead) || !(month >= Math.max(oldest, droppedBefore.get(table) ?? oldest))) {
        outOfTime++;
        return false;
      }
      if (needed) needs.set(table, (needs.get(table) ?? new Set()).add(month));
      return true;
    };
  const dayOf = ({ day }: { readonly day: string }): Millis => Date.parse(`${day}T00:00:00Z`);
  const timed = {
    ...batch,
    days: batch.days.filter(kept("profile_day", dayOf)),
    gone: batch.gone.filter(kept("profile_day", dayOf, false)),
    blocks: batch.blocks.filter(kept("block", ({ readAt }) => readAt)),
    registers: batch.registers.filter(kept("register_reading", ({ at }) => at)),
  };
  return { batch: timed, needs, outOfTime };
};
