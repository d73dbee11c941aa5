/** Intervals of another length that those of the load profile replace: nothing may be counted twice. */
import type { Interval } from "../model/interval.ts";
import type { Store } from "../ports/store.ts";
import { isSettled, type Span } from "./profile-gaps.ts";

/** A meter with intervals of a day, known from ones of a minute: more than that is not looked at. */
const mostAtOnce = 10_000;

/** Not in the load profile, but within intervals of it, or across them. It keeps its place, so that readers of the journal learn that it is void. */
const replaced = ({ point, channel, end, seconds }: Interval): Interval => ({
  ...{ point, channel, end, seconds, value: null, source: "profile", quality: "suspect", flags: ["replaced"] },
  register: null,
});

/**
 * Voids for our own intervals that share time with those of the load profile and end at other moments, as when the length of the meter's
 * intervals was not known yet. What the profile has no value for keeps ours.
 */
export const voidsWithin = async (
  span: Span,
  read: readonly Interval[],
  store: Pick<Store, "intervals">,
): Promise<readonly Interval[]> => {
  const voids: Interval[] = [];
  const longest = new Map<string, Interval[]>();
  for (const one of read) if (one.value !== null) longest.set(one.channel, [...(longest.get(one.channel) ?? []), one]);
  for (const [channel, list] of longest) {
    const [{ point }] = list as [Interval];
    const query = { channel, from: span.after, to: span.until, limit: mostAtOnce };
    for (const own of await store.intervals(point, query)) {
      if (isSettled(own)) continue;
      const begin = own.end - 1000 * own.seconds;
      // One that ends with an interval of the profile is replaced by it.
      const shared = list.filter(({ end, seconds }) => begin < end && own.end > end - 1000 * seconds);
      if (shared.length > 0 && shared.every(({ end }) => end !== own.end)) voids.push(replaced(own));
    }
  }
  return voids;
};
