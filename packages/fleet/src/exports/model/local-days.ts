/** Stored days are UTC days; files want days by a local clock. */
import { dayBounds, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type ExportDay, type ExportValue, endOfDay, startOfSlot, stepMillis } from "./export-day.ts";
import type { ValueCode } from "./value-codes.ts";

/** All points of a zone ask for the same days, and a calendar takes longer than the rest of a day. */
const mostRemembered = 2_000;
const remembered = new Map<string, { readonly from: Millis; readonly to: Millis }>();

const missing: ExportValue = { amount: null, code: "missing", version: 1 };

/**
 * First and last moment of a local day.
 *
 * @throws UsageError (`zone`, `date`)
 * @example
 * localDayBounds("Europe/Vienna", "2026-03-29") // { from: 1774738800000, to: 1774821600000 }
 */
export const localDayBounds = (zone: string, date: string): { readonly from: Millis; readonly to: Millis } => {
  const key = `${zone} ${date}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight))
    throw new UsageError("date", `${JSON.stringify(date)} is not a date: give it as 2026-03-29`);
  const noon = utcOfLocal(zone, midnight + 43_200_000);
  const [from = noon, to = noon] = dayBounds(zone, noon, noon + 1);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, { from, to });
  return { from, to };
};

/** Of several values the sum is as sure as the least sure of them; these come first. */
const leastSure: readonly ValueCode[] = [
  ...([
    "missing",
    "suspect",
    "edited",
    "like-day",
    "line",
    "registers",
    "calculated",
    "recovered",
    "measured",
  ] as const),
];

const summed = (values: readonly ExportValue[]): ExportValue => {
  const version = Math.max(...values.map((value) => value.version));
  const code = leastSure.find((one) => values.some((value) => value.code === one)) ?? "missing";
  const amount = values.reduce<number | null>(
    (sum, value) => (sum === null || value.amount === null ? null : sum + value.amount),
    0,
  );
  return amount === null ? { amount, code: "missing", version } : { amount, code, version };
};

const withStep = (day: ExportDay, step: number): ExportDay => {
  const each = step / day.step;
  if (each === 1) return day;
  const values = Array.from({ length: day.values.length / each }, (_, n) =>
    summed(day.values.slice(n * each, (n + 1) * each)),
  );
  return { ...day, step, values };
};

const leastCommon = (a: number, b: number): number => {
  for (let multiple = a; ; multiple += a) if (multiple % b === 0) return multiple;
};

/**
 * The same days in intervals of one length: a meter with shorter or longer ones may come at any midnight of UTC, which lies within a local day.
 * Shorter intervals are added up, so nothing that was measured is lost; only where the local day does not begin with such an interval the
 * longer ones are left out.
 */
export const withOneStep = (days: readonly ExportDay[], from: Millis): readonly ExportDay[] => {
  const steps = [...new Set(days.map(({ step }) => step))];
  if (steps.length < 2) return days;
  const step = steps.reduce(leastCommon);
  if (from % stepMillis({ step }) === 0) return days.map((day) => withStep(day, step));
  const shortest = Math.min(...steps);
  return days.filter((day) => day.step === shortest);
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
