/** One snapshot of two sets: power may be read more often than everything else. */
import type { LiveReading, Quality } from "@meterport/protocol/meaning/readings";
import { powerKeys } from "../plan/sets.ts";
import type { TakenAt } from "./staleness.ts";

export interface TakenReading {
  readonly reading: LiveReading;
  readonly taken: TakenAt;
}

const order: readonly Quality[] = ["good", "partial", "suspect", "stale"];

const worse = (a: Quality, b: Quality): Quality => (order.indexOf(a) > order.indexOf(b) ? a : b);

/**
 * The newest values: power from the later of both readings, everything else from the full set. A reading that is not fresh gives
 * nothing, so a full set that failed leaves nulls beside the power. The time is that of the power then.
 *
 * @param fresh whether a reading may still be shown
 */
export const joinedReading = (
  full: TakenReading | undefined,
  power: TakenReading | undefined,
  fresh: (taken: TakenAt) => boolean,
): LiveReading | undefined => {
  const isFresh = full !== undefined && fresh(full.taken);
  if (power === undefined || !fresh(power.taken) || (isFresh && power.taken.now <= full.taken.now))
    return isFresh ? full.reading : undefined;
  if (!isFresh) return power.reading;
  const values = Object.fromEntries(powerKeys.map((key) => [key, power.reading[key]]));
  const { time } = power.reading;
  return { ...full.reading, ...values, time, quality: worse(full.reading.quality, power.reading.quality) };
};
