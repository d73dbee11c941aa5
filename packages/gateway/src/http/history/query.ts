/** The parameters of a history query. */
import { parseDuration } from "@meterport/protocol/meaning/duration";

/** Milliseconds since 1970 of "2026-01-01T12:00:00Z" or of seconds since 1970; `undefined` for anything else. */
export const parseMoment = (text: string): number | undefined => {
  // 253402300799 is the last second of the year 9999, beyond which ISO 8601 needs more digits.
  if (/^\d{1,12}(\.\d{1,3})?$/.test(text)) {
    const seconds = Number(text);
    return seconds <= 253_402_300_799 ? Math.round(seconds * 1000) : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return time >= 0 ? time : undefined;
};

/** Whole seconds of "60" or "1m"; `undefined` for anything else, and below one second or above a year. */
export const parseStep = (text: string): number | undefined => {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (parseDuration(text) ?? Number.NaN) / 1000;
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 31_536_000 ? seconds : undefined;
};
