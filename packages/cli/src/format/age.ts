/** How long ago something was, for people. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Seconds as an age in one unit, rounded down.
 *
 * @example
 * ageText(59) // "less than a minute ago"
 * ageText(7_300) // "2 h ago"
 */
export const ageText = (seconds: number): string => {
  if (seconds < minute) return "less than a minute ago";
  if (seconds < hour) return `${Math.floor(seconds / minute)} min ago`;
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)} h ago`;
  return `${Math.floor(seconds / day)} days ago`;
};
