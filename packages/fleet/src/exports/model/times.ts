/** Times as the formats write them, without the milliseconds that no interval has. */
import { localTextOf as localText, utcText } from "@meterport/gateway/exports/local-time";
import type { Millis } from "@meterport/protocol/ports";

export { utcText };

/** A fleet has few zones. */
const rememberedZones = 32;
const zones = new Map<string, (time: Millis) => string>();

/**
 * Tells moments by the clock of a zone with their offset; shared by all days of a zone, since thousands of points have the same day.
 *
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * localTextOf("Europe/Vienna")(1774746000000) // "2026-03-29T03:00:00+02:00"
 */
export const localTextOf = (zone: string): ((time: Millis) => string) => {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  if (zones.size >= rememberedZones) zones.clear();
  const text = localText(zone);
  zones.set(zone, text);
  return text;
};

/**
 * A moment in UTC to the minute, as CIM writes the bounds of a period.
 *
 * @example
 * minuteText(1774746000000) // "2026-03-29T01:00Z"
 */
export const minuteText = (time: Millis): string => `${new Date(time).toISOString().slice(0, 16)}Z`;

/**
 * A step as ISO 8601 writes durations.
 *
 * @example
 * resolutionText(15) // "PT15M"
 */
export const resolutionText = (minutes: number): string => (minutes === 60 ? "PT1H" : `PT${minutes}M`);
