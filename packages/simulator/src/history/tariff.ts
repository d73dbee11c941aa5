/** Which tier and season are in effect, by the calendar that the meter left the factory with, in its own zone. */
import type { Millis } from "@meterport/protocol/ports";
import { seasonOfMonth, tierSwitches } from "../contents/tariff-plan.ts";
import { denmark } from "../contents/zone.ts";
import { localMillis, utcOfLocal } from "./local-time.ts";

const hour = 3_600_000;
const day = 24 * hour;

export interface TierSwitch {
  readonly time: Millis;
  readonly tier: number;
}

/** The switches around the day that was last asked about; a history is computed day by day. */
let lastAsked: { readonly today: number; readonly switches: readonly TierSwitch[] } | undefined;

/** The switch that is in effect, the one before it and the one after it. */
const switchesAround = (time: Millis): readonly TierSwitch[] => {
  const today = Math.floor(localMillis(time, denmark) / day);
  if (lastAsked?.today !== today) lastAsked = { today, switches: switchesNear(today) };
  return lastAsked.switches;
};

const switchesNear = (today: number): readonly TierSwitch[] =>
  [today - 1, today, today + 1].flatMap((date) =>
    tierSwitches.map((entry) => ({ time: utcOfLocal(date * day + entry.hour * hour, denmark), tier: entry.tier })),
  );

/** The latest switch at or before `time`. */
export const switchBefore = (time: Millis): TierSwitch => {
  const past = switchesAround(time).filter((entry) => entry.time <= time);
  return past.at(-1) as TierSwitch;
};

/** The first switch after `time`. */
export const switchAfter = (time: Millis): TierSwitch =>
  switchesAround(time).find((entry) => entry.time > time) as TierSwitch;

/**
 * The tier in effect at a time, 0 by day and 1 by night.
 *
 * @example
 * tierAt(Date.UTC(2026, 0, 1, 12)) // 0
 * tierAt(Date.UTC(2026, 0, 1, 22)) // 1
 */
export const tierAt = (time: Millis): number => switchBefore(time).tier;

/** The season in effect: 1 from April to September. */
export const seasonAt = (time: Millis): number => seasonOfMonth(new Date(localMillis(time, denmark)).getUTCMonth() + 1);
