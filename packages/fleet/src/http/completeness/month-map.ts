/** How complete each local day of a month is, made of what the books know of a point. Pure. */
import { dayBounds, monthBounds } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";
import type { KnownDay } from "../../books/known-day.ts";
import { endOf, hasValue } from "../../books/slots.ts";

/** The bounds of the days of a month, one more than it has days. @example daysOfMonth("UTC", "2026-02").length // 29 */
export const daysOfMonth = (zone: string, month: string): readonly Millis[] => {
  const [from = 0, to = 0] = monthBounds(zone, ...middleOf(month));
  return dayBounds(zone, from, to);
};

/** A moment in the month in every zone, and the one after it. */
const middleOf = (month: string): readonly [Millis, Millis] => {
  const middle = Date.parse(`${month}-15T00:00:00Z`);
  return [middle, middle + 1];
};

/** Index of the day in which a slot lies; -1 if it is in none of them. */
const dayIn = (bounds: readonly Millis[], end: Millis): number => {
  const first = bounds[0] ?? 0;
  if (end <= first || end > (bounds.at(-1) ?? 0)) return -1;
  // Days have 23 to 25 hours, so the first guess is one off at most.
  let day = Math.min(bounds.length - 2, Math.floor((end - 1 - first) / 86_400_000));
  while (end > (bounds[day + 1] ?? 0)) day++;
  while (end <= (bounds[day] ?? 0)) day--;
  return day;
};

export interface MapRow {
  readonly percent: readonly (number | null)[];
  readonly gone: readonly number[];
}

export interface MapOptions {
  /** As of `daysOfMonth`. */
  readonly bounds: readonly Millis[];
  /** Since when something is expected; null if nothing was ever booked. */
  readonly begin: Millis | null;
  /** Slots that end later may still come. */
  readonly limit: Millis;
}

/** Whether some of these rows may say something of the same slots. */
const mayMeet = (rows: readonly KnownDay[]): boolean => new Set(rows.map(({ day }) => day)).size < rows.length;

/** @param rows days of one channel name of one point, perhaps of several lengths and decimal places */
export const mapRow = (rows: readonly KnownDay[], { bounds, begin, limit }: MapOptions): MapRow => {
  const count = bounds.length - 1;
  const seconds = new Array<number>(count).fill(0);
  const gone = new Set<number>();
  const seen = mayMeet(rows) ? new Set<string>() : undefined;
  for (const row of rows)
    for (let slot = 0; slot < Math.max(row.rank.length, row.gone.length); slot++) {
      const isThere = hasValue(row.rank[slot] ?? "");
      if (!isThere && row.gone[slot] !== "1") continue;
      const end = endOf(row.day, slot, row);
      const day = end > limit ? -1 : dayIn(bounds, end);
      if (day === -1) continue;
      if (!isThere) {
        gone.add(day + 1);
        continue;
      }
      const key = `${end} ${row.step}`;
      if (seen?.has(key) === true) continue;
      seen?.add(key);
      seconds[day] = (seconds[day] ?? 0) + row.step;
    }
  return {
    percent: seconds.map((present, day) => {
      const [from = 0, to = 0] = [bounds[day], bounds[day + 1]];
      const expected = begin === null ? 0 : (Math.min(to, limit) - Math.max(from, begin)) / 1000;
      return expected > 0 ? Math.min(100, Math.floor((100 * present) / expected)) : null;
    }),
    gone: [...gone].sort((a, b) => a - b),
  };
};
