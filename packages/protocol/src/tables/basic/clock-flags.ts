import { at, bool, filler, uint } from "../../layout/index.ts";

export const weekdays = {
  0: "Sunday",
  1: "Monday",
  2: "Tuesday",
  3: "Wednesday",
  4: "Thursday",
  5: "Friday",
  6: "Saturday",
} as const;

/** Byte 6 of both clocks: what the date before it includes. */
export const clockFlags = {
  dayOfWeek: at(6, uint(0, 2), "Day of the week", { vci: "M", names: weekdays }),
  daylightSavingTime: at(6, bool(3), "Daylight saving time is in effect", { vci: "M" }),
  greenwichMeanTime: at(6, bool(4), "This clock is UTC", { vci: "F" }),
  timeZoneApplied: at(6, bool(5), "This clock includes the time zone", { vci: "F" }),
  dstApplied: at(6, bool(6), "This clock includes daylight saving time", { vci: "F" }),
  filler7: at(6, filler(7, 7), "Filler"),
} as const;
