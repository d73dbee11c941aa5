/** Days and months of the meter's local clock, as its calendar counts them. */
import type { Millis } from "@meterport/protocol/ports";
import { denmark } from "../contents/zone.ts";
import { localMillis, utcOfLocal } from "./local-time.ts";

const day = 86_400_000;

/** Number of the local day, counted from 1970. */
export const localDay = (time: Millis): number => Math.floor(localMillis(time, denmark) / day);

/** When a local day begins. */
export const beginOf = (date: number): Millis => utcOfLocal(date * day, denmark);

/** All local midnights after `from` until `to`. */
export const midnights = (from: Millis, to: Millis): readonly Millis[] => {
  const first = localDay(from) + 1;
  return Array.from({ length: Math.max(0, localDay(to) - first + 1) }, (_, i) => beginOf(first + i));
};

/** Date and month of the local day that contains a moment. */
export const localDate = (time: Millis): { readonly month: number; readonly date: number } => {
  const local = new Date(localMillis(time, denmark));
  return { month: local.getUTCMonth() + 1, date: local.getUTCDate() };
};

/** Midnights at which a month begins. */
export const monthBegins = (from: Millis, to: Millis): readonly Millis[] =>
  midnights(from, to).filter((time) => localDate(time).date === 1);

/** Midnights at which a season begins, by the plan in BT54. */
export const seasonBegins = (from: Millis, to: Millis): readonly Millis[] =>
  monthBegins(from, to).filter((time) => [4, 10].includes(localDate(time).month));
