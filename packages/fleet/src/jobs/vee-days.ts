/** Which days a check looks at if nothing is wrong: few of those that it may look at. Pure. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { likeDaysBefore } from "../vee/like-days.ts";
import type { VeeSettings } from "../vee/settings.ts";
import { dayMillis } from "../vee/vee-input.ts";

/** First moments of the days that are looked at if nothing is wrong with a day in a zone. */
export type UsualDays = (zone: string, day: Millis) => ReadonlySet<Millis>;

export interface UsualOptions {
  readonly settings: VeeSettings;
  /** Local dates that are like Sundays. */
  readonly holidays: ReadonlySet<string>;
  /** Days on either side, between whose registers slots are summed. */
  readonly reach: number;
}

const likeDaysIn = (zone: string, day: Millis, { settings, holidays }: UsualOptions): readonly Millis[] => {
  const most = Math.max(settings["unusual-day"].likeDaysMost, settings["zero-run"].likeDaysMost);
  try {
    return likeDaysBefore(zone, day, holidays, most);
  } catch (error) {
    // A zone that is none is told when the day is judged.
    if (error instanceof UsageError) return [];
    throw error;
  }
};

/** The days around a day and the best like days of it. The same for all points of a zone, so it is worked out once. */
export const usualDays = (options: UsualOptions): UsualDays => {
  const known = new Map<string, ReadonlySet<Millis>>();
  return (zone, day) => {
    const key = `${day} ${zone}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { reach } = options;
    const near = Array.from({ length: 2 * reach + 1 }, (_, n) => day + (n - reach) * dayMillis);
    const found = new Set([...near, ...likeDaysIn(zone, day, options)]);
    known.set(key, found);
    return found;
  };
};
