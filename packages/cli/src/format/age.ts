/** How long ago something was, in one word for tables. */

/**
 * @example
 * spanText(119) // "119 s"
 * @example
 * spanText(7_300) // "2 h"
 */
export const spanText = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
};

/** @param time ISO 8601, or null for never @param now milliseconds since 1970 */
export const ageOf = (time: string | null, now: number): string =>
  time === null ? "never" : spanText(Math.max(0, Math.round((now - Date.parse(time)) / 1000)));
