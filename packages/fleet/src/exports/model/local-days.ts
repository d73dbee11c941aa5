/** Stored days are UTC days; files want days by a local clock. */
import { dayBounds, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type ExportDay, type ExportValue, endOfDay, startOfSlot, stepMillis } from "./export-day.ts";

const missing: ExportValue = { amount: null, code: "missing", version: 1 };

/**
 * First and last moment of a local day.
 *
 * @throws UsageError (`zone`, `date`)
 * @example
 * localDayBounds("Europe/Vienna", "2026-03-29") // { from: 1774738800000, to: 1774821600000 }
 */
export const localDayBounds = (zone: string, date: string): { readonly from: Millis; readonly to: Millis } => {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight))
    throw new UsageError("date", `${JSON.stringify(date)} is not a date: give it as 2026-03-29`);
  const noon = utcOfLocal(zone, midnight + 43_200_000);
  const [from = noon, to = noon] = dayBounds(zone, noon, noon + 1);
  return { from, to };
};

/**
 * One local day out of the stored days of a channel, of which a local day needs two. What no stored day has is missing; the version of a
 * missing value is that of the value before it.
 *
 * @throws UsageError (`days`) if the days are not of one channel, or the local day does not begin where an interval does
 */
export const localDayOf = (days: readonly ExportDay[], zone: string, date: string): ExportDay => {
  const [first] = days;
  if (first === undefined) throw new UsageError("days", `no stored day for ${date}: give the days that touch it`);
  if (
    days.some(
      ({ point, obis, step, unit }) =>
        point !== first.point || obis !== first.obis || step !== first.step || unit !== first.unit,
    )
  )
    throw new UsageError("days", "the stored days are of several channels or steps: give those of one");
  const { from, to } = localDayBounds(zone, date);
  const step = stepMillis(first);
  if (from % step !== 0)
    throw new UsageError(
      "days",
      `${date} in ${zone} does not begin where an interval of ${first.step} minutes does: take UTC`,
    );
  const known = new Map<Millis, ExportValue>();
  for (const day of days) for (const [n, value] of day.values.entries()) known.set(startOfSlot(day, n), value);
  const values: ExportValue[] = [];
  let version = days.find((day) => endOfDay(day) > from)?.values[0]?.version ?? missing.version;
  for (let time = from; time < to; time += step) {
    const value = known.get(time);
    version = value?.version ?? version;
    values.push(value ?? { ...missing, version });
  }
  return { ...first, zone, start: from, values };
};
