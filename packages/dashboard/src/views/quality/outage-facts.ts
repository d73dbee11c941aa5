/** What the outages of a period come to. */
import type { Outage, Outages } from "../../state/outages.ts";

export interface OutageFacts {
  /** Those that touch the period, newest first. */
  readonly list: readonly Outage[];
  /** The answer does not reach back to the start of the period, so there may be more. */
  readonly atLeast: boolean;
  /** Milliseconds without power within the period; an outage whose end is unknown counts up to now. */
  readonly total: number;
  readonly longest: number;
  /** The newest of all, also outside of the period; null if none is known. */
  readonly last: Outage | null;
}

/** Milliseconds of an outage; one that lasts is as long as it has been until `now`. */
export function lengthOf({ from, until }: Outage, now: number): number {
  return Math.max(0, (until ?? now) - from);
}

/** @param range and `now` in milliseconds since 1970 */
export function outageFacts(
  outages: Outages,
  range: { readonly from: number; readonly to: number },
  now: number,
): OutageFacts {
  const list = outages.list.filter(({ from, until }) => from < range.to && (until ?? now) >= range.from);
  const within = ({ from, until }: Outage): number =>
    Math.max(0, Math.min(until ?? now, range.to) - Math.max(from, range.from));
  const oldest = outages.list.at(-1);
  return {
    list,
    atLeast: outages.hasMore && oldest !== undefined && oldest.from > range.from,
    total: list.reduce((sum, outage) => sum + within(outage), 0),
    longest: Math.max(0, ...list.map((outage) => lengthOf(outage, now))),
    last: outages.list[0] ?? null,
  };
}

/** The place of an outage on a line along the period, as shares of its length from 0 to 1. */
export function placeOf(
  { from, until }: Outage,
  range: { readonly from: number; readonly to: number },
  now: number,
): { readonly start: number; readonly size: number } {
  const length = range.to - range.from;
  const start = Math.min(1, Math.max(0, (from - range.from) / length));
  const end = Math.min(1, Math.max(start, ((until ?? now) - range.from) / length));
  return { start, size: end - start };
}
