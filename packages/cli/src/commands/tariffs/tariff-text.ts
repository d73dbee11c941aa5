/** Tiers for people, named as on the meter's display: T1 is tier 0 of the tables. */
import type { PresentTariff } from "@meterport/client/readers/present-tariff";
import { plainMoment } from "../../format/moment.ts";

/**
 * The name of a tier.
 *
 * @example
 * tierName(0) // "T1"
 */
export const tierName = (tier: number): string => `T${tier + 1}`;

/** The tier in effect, what decided it, and when. */
export const presentText = ({ time, tier, season, by, daylightSaving }: PresentTariff): string =>
  [
    `now ${tierName(tier)} in season ${season}, decided by ${by === "calendar" ? "the calendar" : by}`,
    time === null ? "the meter's clock shows no time" : `${plainMoment(time)} by the meter's clock`,
    ...(daylightSaving ? ["daylight saving time"] : []),
  ].join("; ");
