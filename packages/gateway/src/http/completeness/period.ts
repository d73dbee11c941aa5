/** The period of an overview: a month or a day of each point's zone, or a range. */
import { dayBounds, monthBounds, startOfDay, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import type { TimeRange } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { emptyRange, oneDay, type RangeQuery } from "../values/range.ts";

/** A period as it falls in a zone. */
export interface Period {
  /** The same text is the same period in every zone. */
  readonly name: string;
  readonly rangeIn: (zone: string) => TimeRange;
}

const noon: Millis = 43_200_000;
const longest: Millis = 366 * oneDay;

const within = (bounds: readonly Millis[]): TimeRange => ({ from: bounds[0] as Millis, to: bounds[1] as Millis });

const byZone = (name: string, rangeIn: (zone: string) => TimeRange): Period => {
  const known = new Map<string, TimeRange>();
  return {
    name,
    rangeIn: (zone) => {
      const range = known.get(zone) ?? rangeIn(zone);
      known.set(zone, range);
      return range;
    },
  };
};

/** @param period "2026-11" or "2026-11-30" */
const named = (period: string): Period => {
  const isDay = period.length > 7;
  // Noon is on the same day in every zone whatever its clocks do at night.
  const local = Date.parse(isDay ? `${period}T00:00:00Z` : `${period}-01T00:00:00Z`) + noon;
  return byZone(period, (zone) => {
    const start = startOfDay(zone, utcOfLocal(zone, local));
    return within((isDay ? dayBounds : monthBounds)(zone, start, start + 1));
  });
};

/** The period, or one sentence on what is wrong; the present month by default. */
export const periodOf = (
  { period, from, to }: RangeQuery & { readonly period?: string | undefined },
  now: Millis,
): Period | string => {
  if (period !== undefined && (from !== undefined || to !== undefined))
    return "period excludes from and to: write either";
  if (period !== undefined) return named(period);
  if (from === undefined && to === undefined) return byZone("now", (zone) => within(monthBounds(zone, now, now + 1)));
  if (from === undefined) return "from is missing: write when the range begins";
  const end = to ?? now;
  if (from >= end) return emptyRange(from, end);
  if (end - from > longest) return "the range is longer than 366 days: ask for a shorter one";
  return byZone(`${from} ${end}`, () => ({ from, to: end }));
};
