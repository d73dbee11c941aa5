/** Lengths of time as people write them. */
import type { Millis } from "../ports.ts";

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds; `undefined` if the text is not a length of time.
 *
 * @example
 * parseDuration("500ms") // 500
 * @example
 * parseDuration("1.5 h") // 5400000
 */
export const parseDuration = (text: string): Millis | undefined => {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|min|m|h|d)$/.exec(text.trim());
  const unit = units[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
};
