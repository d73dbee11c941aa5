/** The parameters of a history query. */
import { parseDuration } from "@meterport/protocol/meaning/duration";

/** The last moment of the year 9999, beyond which ISO 8601 needs more digits. */
const lastMoment = 253_402_300_799_999;

/** Whether the calendar has a day: `Date.parse` takes 30 February for 2 March. */
const isDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
};

/** Milliseconds since 1970 of "2026-01-01T12:00:00Z" or of seconds since 1970; `undefined` for anything else. */
export const parseMoment = (text: string): number | undefined => {
  if (/^\d{1,12}(\.\d{1,3})?$/.test(text)) {
    const time = Math.round(Number(text) * 1000);
    return time <= lastMoment ? time : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return isDay(text.slice(0, 10)) && time >= 0 && time <= lastMoment ? time : undefined;
};

/** Whole seconds of "60" or "1m"; `undefined` for anything else, and below one second or above a year. */
export const parseStep = (text: string): number | undefined => {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (parseDuration(text) ?? Number.NaN) / 1000;
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 31_536_000 ? seconds : undefined;
};
