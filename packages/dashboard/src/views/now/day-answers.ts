/** What the gateway knows of today: energy by hours, cost and prices. */
import { listOf, number, record, text, timeOf } from "../../state/loose.ts";

const HOUR_MS = 3_600_000;
/** More than any answer to this view can have. */
const MOST_INTERVALS = 2000;
const MOST_PRICES = 400;

/** The local day of the point, milliseconds since 1970. */
export interface LocalDay {
  readonly from: number;
  readonly to: number;
  /** By whose clock, as in "Europe/Copenhagen". */
  readonly zone: string | null;
  /** Wh of the intervals that are known; null if none is. */
  readonly wh: number | null;
  /** Seconds that they cover. */
  readonly seconds: number;
}

/** The newest day in an answer of `intervals?sum=day`. */
export function dayOf(data: unknown): LocalDay | null {
  const loose = record(data);
  const sums = listOf(loose?.sums, 400, record);
  const last = sums?.at(-1);
  const [from, to] = [timeOf(last?.from), timeOf(last?.to)];
  if (from === null || to === null || to <= from || to - from > 30 * HOUR_MS) return null;
  return { from, to, zone: text(loose?.zone), wh: number(last?.value), seconds: number(last?.seconds) ?? 0 };
}

/** Energy of one interval; `end` in milliseconds since 1970. */
export interface EnergyInterval {
  readonly end: number;
  readonly seconds: number;
  readonly wh: number;
}

/** The intervals with a value in an answer of `intervals`. */
export function intervalsOf(data: unknown): EnergyInterval[] | null {
  return listOf(record(data)?.intervals, MOST_INTERVALS, (entry) => {
    const loose = record(entry);
    const [end, seconds, wh] = [timeOf(loose?.end), number(loose?.seconds), number(loose?.value)];
    return end === null || seconds === null || seconds <= 0 || wh === null ? null : { end, seconds, wh };
  });
}

/** One hour of the day, which has 23, 24 or 25 of them. */
export interface HourOfDay {
  /** Milliseconds since 1970 when it began. */
  readonly start: number;
  /** Wh; null if nothing is known of it. */
  readonly importWh: number | null;
  readonly exportWh: number | null;
}

function sumsByHour(day: LocalDay, intervals: readonly EnergyInterval[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { end, wh } of intervals) {
    // An interval belongs to the hour in which it ended: one that ended at 14:00 to the hour from 13:00.
    const hour = Math.ceil((end - day.from) / HOUR_MS) - 1;
    sums.set(hour, (sums.get(hour) ?? 0) + wh);
  }
  return sums;
}

/**
 * The hours of a day with their energy.
 *
 * @example hoursOf({ from: 0, to: 86_400_000, zone: "UTC", wh: 5, seconds: 900 }, [{ end: 900_000, seconds: 900, wh: 5 }], [])[0]
 * // { start: 0, importWh: 5, exportWh: null }
 */
export function hoursOf(
  day: LocalDay,
  imported: readonly EnergyInterval[],
  exported: readonly EnergyInterval[],
): HourOfDay[] {
  const [into, out] = [sumsByHour(day, imported), sumsByHour(day, exported)];
  return Array.from({ length: Math.round((day.to - day.from) / HOUR_MS) }, (_, n) => ({
    start: day.from + n * HOUR_MS,
    importWh: into.get(n) ?? null,
    exportWh: out.get(n) ?? null,
  }));
}

/** The end of the newest interval if they follow each other from the start of the day on; null if there is a hole. */
export function coveredUntil(day: LocalDay, intervals: readonly EnergyInterval[]): number | null {
  const last = Math.max(day.from, ...intervals.map(({ end }) => end));
  const seconds = intervals.reduce((sum, each) => sum + each.seconds, 0);
  return Math.abs(last - day.from - seconds * 1000) < 1000 ? last : null;
}

/**
 * The hours with what has flowed since the last interval ended, so that they add up to the live energy of today. Nothing is
 * added where an interval is missing, because its energy would be shown in the wrong hour.
 *
 * @param live Wh of today up to now; null if it is not known from the start of the day
 * @param now milliseconds since 1970
 */
export function withPresent(
  hours: readonly HourOfDay[],
  day: LocalDay & { readonly imported: readonly EnergyInterval[]; readonly exported: readonly EnergyInterval[] },
  live: { readonly importWh: number | null; readonly exportWh: number | null },
  now: number,
): HourOfDay[] {
  const rest = (total: number | null, intervals: readonly EnergyInterval[]): number | null => {
    const until = coveredUntil(day, intervals);
    // After an hour without an interval the rest belongs to more than the present hour.
    if (total === null || until === null || now - until > HOUR_MS) return null;
    return Math.max(0, total - intervals.reduce((sum, { wh }) => sum + wh, 0));
  };
  const [imported, exported] = [rest(live.importWh, day.imported), rest(live.exportWh, day.exported)];
  const plus = (wh: number | null, more: number | null): number | null => (more === null ? wh : (wh ?? 0) + more);
  return hours.map((hour) =>
    hour.start <= now && now < hour.start + HOUR_MS
      ? { ...hour, importWh: plus(hour.importWh, imported), exportWh: plus(hour.exportWh, exported) }
      : hour,
  );
}

/** Whether prices are configured for the point of an answer; an older gateway does not say, then nothing is asked of prices. */
export function pricedOf(data: unknown): boolean | null {
  const loose = record(data);
  return loose === null ? null : currencyOf(loose.currency) !== null;
}

/** What a direction cost today. */
export interface DirectionCost {
  readonly wh: number | null;
  readonly pricedWh: number;
  readonly cost: number | null;
}

export interface CostToday {
  /** ISO 4217. */
  readonly currency: string;
  /** Both directions; null if nothing is priced. */
  readonly cost: number | null;
  readonly import: DirectionCost;
  /** Its cost is below 0 where it was paid for. */
  readonly export: DirectionCost;
  /** Why prices may be missing, the gateway's sentence. */
  readonly problem: string | null;
}

/** ISO 4217 codes; any other text could not be given to the browser's formatter. */
function currencyOf(value: unknown): string | null {
  const code = text(value);
  return code !== null && /^[A-Z]{3}$/.test(code) ? code : null;
}

function directionCostOf(data: unknown): DirectionCost {
  const loose = record(data);
  return { wh: number(loose?.energy_wh), pricedWh: number(loose?.priced_wh) ?? 0, cost: number(loose?.cost) };
}

/** The newest day in an answer of `costs?sum=day`. */
export function costOf(data: unknown): CostToday | null {
  const loose = record(data);
  const currency = currencyOf(loose?.currency);
  const last = listOf(loose?.sums, 400, record)?.at(-1);
  if (currency === null || last === undefined) return null;
  return {
    ...{ currency, cost: number(last.cost), problem: text(loose?.problem) },
    ...{ import: directionCostOf(last.import), export: directionCostOf(last.export) },
  };
}

/** What a kWh costs from `start` to `end`, milliseconds since 1970. */
export interface PriceStep {
  readonly start: number;
  readonly end: number;
  /** Per kWh that flows in, with tax. */
  readonly total: number | null;
  /** Per kWh that flows out. */
  readonly feedIn: number | null;
}

export interface Prices {
  readonly currency: string;
  /** Whose data the prices are. */
  readonly credit: string | null;
  readonly steps: readonly PriceStep[];
}

export function pricesOf(data: unknown): Prices | null {
  const loose = record(data);
  const currency = currencyOf(loose?.currency);
  const steps = listOf(loose?.prices, MOST_PRICES, (entry) => {
    const step = record(entry);
    const [start, end] = [timeOf(step?.start), timeOf(step?.end)];
    if (start === null || end === null) return null;
    return { start, end, total: number(step?.total), feedIn: number(step?.feed_in) };
  });
  if (currency === null || steps === null) return null;
  return { currency, credit: text(record(loose?.market)?.credit), steps };
}

/** The price at a moment, milliseconds since 1970; null if it is not known. */
export function priceAt(prices: Prices | null, time: number): PriceStep | null {
  return prices?.steps.find(({ start, end }) => start <= time && time < end) ?? null;
}

/** Part of a day of which no interval may be known yet: the present quarter of an hour, and the way of the one before. */
const PENDING_MS = 1_800_000;

/**
 * Energy of today from its intervals, where the live registers cannot say it, as soon after the gateway's first start. Null
 * unless the intervals cover the day up to half an hour ago.
 *
 * @param now milliseconds since 1970
 */
export function energyOfDay(day: LocalDay, intervals: readonly EnergyInterval[], now: number): number | null {
  const covered = intervals.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
  if (intervals.length === 0 || covered < Math.min(now, day.to) - day.from - PENDING_MS) return null;
  return intervals.reduce((sum, { wh }) => sum + wh, 0);
}
