/** Times as the formats write them, without the milliseconds that no interval has. */
import { localTextOf, utcText } from "@meterport/gateway/exports/local-time";
import type { Millis } from "@meterport/protocol/ports";

export { localTextOf, utcText };

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
