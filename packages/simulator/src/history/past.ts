/** What happened to a meter before it was switched on here: power failures and a change of its clock. */
import type { Millis } from "@meterport/protocol/ports";
import type { Noise } from "../household/noise.ts";

const second = 1000;
const minute = 60 * second;
const day = 86_400_000;
const mostOutages = 12;
/** Dates have two digits for the year. */
const firstDate = Date.UTC(2000, 0, 1);

/** A power failure, in whole seconds of the meter's clock. */
export interface Outage {
  readonly off: Millis;
  readonly on: Millis;
}

export interface Past {
  /** Midnight UTC, days before the day of the start: from here on all intervals are recorded. */
  readonly origin: Millis;
  readonly start: Millis;
  /** Oldest first. */
  readonly outages: readonly Outage[];
  /** The clock was late until `time`, when it was set forward by `by`. */
  readonly clockChange: { readonly time: Millis; readonly by: Millis };
}

/** How long a load profile goes back. */
export const profileDays = 60;

export const pastOf = (start: Millis, noise: Noise, days = profileDays): Past => {
  const clockChange = { time: Math.floor((start - 20 * day) / minute) * minute + 13 * second, by: 40 * second };
  const count = Math.floor(noise.between(0, 1, mostOutages, 10));
  const outages: Outage[] = [];
  let on = start;
  for (let i = 0; i < count; i++) {
    on = Math.floor((on - noise.between(i, 2, 26, 20) * day) / second) * second;
    // Some seconds to two hours; the short ones are the common ones.
    const lasts = Math.floor(8 + 7200 * noise.unit(i, 21) ** 3) * second;
    const off = on - lasts;
    const far = off > clockChange.time + minute || on < clockChange.time - 2 * minute;
    if (off >= firstDate && far) outages.unshift({ off, on });
    on = off;
  }
  return { origin: Math.floor(start / day) * day - days * day, start, outages, clockChange };
};
