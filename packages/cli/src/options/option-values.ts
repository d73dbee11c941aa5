/** Lengths of time and whole numbers as options. */
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";

/**
 * Milliseconds, at least 1 and at most a day; a bare number is seconds.
 *
 * @throws UsageError (`duration`)
 * @example
 * parseInterval("1.5s", "--interval") // 1500
 */
export const parseInterval = (text: string, option: string): Millis => {
  const millis = parseDuration(/\d$/.test(text.trim()) ? `${text.trim()}s` : text);
  if (millis !== undefined && millis >= 1 && millis <= 86_400_000) return millis;
  const wrong = millis === undefined ? "is not a length of time" : "must be from 1ms to 24h";
  throw new UsageError("duration", `${option} "${text.slice(0, 40)}" ${wrong}; write 500ms, 1s or 5min`);
};

/** A whole number from `least` to `most`. @throws UsageError (`number`) */
export const parseWhole = (text: string, option: string, least: number, most: number): number => {
  const n = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (n >= least && n <= most) return n;
  throw new UsageError("number", `${option} "${text.slice(0, 40)}" is not a whole number from ${least} to ${most}`);
};
