/** Reads what the gateway stores of a point, as far as it is understood. */
import { count, type Loose, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

export const SOURCES = ["manual", "profile", "difference", "estimated"] as const;
const QUALITIES = ["good", "partial", "suspect", "missing"] as const;
export type Source = (typeof SOURCES)[number];
export type Quality = (typeof QUALITIES)[number];

/** One interval of a channel; times in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly end: number;
  /** Wh; null is unknown. */
  readonly value: number | null;
  readonly source: Source | null;
  readonly quality: Quality | null;
  readonly flags: readonly string[];
}

/** The intervals of a period, added up. */
export interface Sum {
  readonly from: number;
  readonly to: number;
  /** Wh of those that are known; null if none is. */
  readonly value: number | null;
  /** Seconds that they cover. */
  readonly seconds: number;
  readonly byQuality: Readonly<Record<Quality, number>>;
  readonly bySource: Readonly<Record<Source, number>>;
}

export interface PowerPoint {
  readonly time: number;
  /** W, import positive; null is unknown, as are the extremes of what was recovered. */
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly recovered: boolean;
}

/** What a period, or one interval, cost. */
export interface Cost {
  readonly from: number;
  readonly to: number;
  readonly cost: number | null;
  /** Wh that flowed in; those that have a price, and what they cost. */
  readonly importWh: number;
  readonly pricedWh: number;
  readonly importCost: number | null;
  /** Wh that flowed in or out, priced or not. */
  readonly energyWh: number;
  readonly allPricedWh: number;
  readonly peaks: readonly Peak[];
}

/** A high mean power of one interval. */
export interface Peak {
  /** W */
  readonly power: number;
  readonly end: number;
  readonly seconds: number;
}

export interface RegisterState {
  readonly register: string;
  readonly tier: number;
  readonly time: number;
  readonly value: number;
  readonly serial: string | null;
}

/** What the view needs to know of a point. */
export interface PointFacts {
  readonly zone: string;
  readonly channels: readonly string[];
  /** Milliseconds from one reading to the next. */
  readonly poll: number;
  /** Of its prices and costs; null if it has none. */
  readonly currency: string | null;
}

/** No answer has more. */
const MOST = 40_000;

export function pointOf(data: unknown): PointFacts | null {
  const point = record(data);
  if (point === null) return null;
  return {
    zone: text(point.zone) ?? "UTC",
    channels: listOf(point.channels, 200, text) ?? [],
    poll: number(record(point.link)?.poll_interval_ms) ?? 2000,
    currency: text(point.currency)?.slice(0, 3) ?? null,
  };
}

function intervalOf(entry: unknown): Interval | null {
  const interval = record(entry);
  const end = timeOf(interval?.end);
  const seconds = number(interval?.seconds);
  if (interval === null || end === null || seconds === null || seconds <= 0) return null;
  return {
    from: end - 1000 * seconds,
    end,
    value: number(interval.value),
    source: oneOf(SOURCES, interval.source),
    quality: oneOf(QUALITIES, interval.quality),
    flags: listOf(interval.flags, 40, text) ?? [],
  };
}

/** A page of intervals, and the cursor of the next one. */
export interface IntervalPage {
  readonly intervals: readonly Interval[];
  readonly next: string | null;
}

export function intervalsOf(data: unknown): IntervalPage | null {
  const intervals = listOf(record(data)?.intervals, MOST, intervalOf);
  return intervals === null ? null : { intervals, next: text(record(data)?.next) };
}

const countsOf = <K extends string>(keys: readonly K[], counts: Loose | null): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, count(counts?.[key])])) as Record<K, number>;

export function sumsOf(data: unknown): Sum[] | null {
  return listOf(record(data)?.sums, MOST, (entry) => {
    const sum = record(entry);
    const [from, to] = [timeOf(sum?.from), timeOf(sum?.to)];
    if (sum === null || from === null || to === null) return null;
    return {
      ...{ from, to, value: number(sum.value), seconds: count(sum.seconds) },
      byQuality: countsOf(QUALITIES, record(sum.by_quality)),
      bySource: countsOf(SOURCES, record(sum.by_source)),
    };
  });
}

export function powerOf(data: unknown): PowerPoint[] | null {
  return listOf(record(data)?.points, MOST, (entry) => {
    const point = record(entry);
    const time = timeOf(point?.time);
    if (point === null || time === null) return null;
    return {
      ...{ time, mean: number(point.power_w), min: number(point.power_min_w), max: number(point.power_max_w) },
      recovered: point.recovered === true,
    };
  });
}

function peakOf(entry: unknown): Peak | null {
  const peak = record(entry);
  const [power, end] = [number(peak?.power_w), timeOf(peak?.end)];
  return power === null || end === null ? null : { power, end, seconds: number(peak?.seconds) ?? 900 };
}

/** The costs of an answer with sums or with intervals, and their currency. */
export interface Costs {
  readonly currency: string;
  /** Why prices may be missing, in the gateway's words. */
  readonly problem: string | null;
  readonly costs: readonly Cost[];
}

function costSumOf(entry: unknown): Cost | null {
  const sum = record(entry);
  const [from, to] = [timeOf(sum?.from), timeOf(sum?.to)];
  if (sum === null || from === null || to === null) return null;
  const [input, output] = [record(sum.import), record(sum.export)];
  return {
    ...{ from, to, cost: number(sum.cost), pricedWh: count(input?.priced_wh), importCost: number(input?.cost) },
    importWh: count(input?.energy_wh),
    energyWh: count(input?.energy_wh) + count(output?.energy_wh),
    allPricedWh: count(input?.priced_wh) + count(output?.priced_wh),
    peaks: listOf(sum.peaks, 10, peakOf) ?? [],
  };
}

function costIntervalOf(entry: unknown): Cost | null {
  const interval = record(entry);
  const [end, seconds] = [timeOf(interval?.end), number(interval?.seconds)];
  if (interval === null || end === null || seconds === null) return null;
  const cost = number(interval.cost);
  const isImport = interval.channel === "energy_import_wh";
  const energy = count(interval.energy_wh);
  const priced = cost === null ? 0 : energy;
  return {
    ...{ from: end - 1000 * seconds, to: end, cost },
    ...{ importWh: isImport ? energy : 0, pricedWh: isImport ? priced : 0 },
    ...{ importCost: isImport ? cost : null, energyWh: energy, allPricedWh: priced, peaks: [] },
  };
}

export function costsOf(data: unknown): Costs | null {
  const answer = record(data);
  const costs = listOf(answer?.sums, MOST, costSumOf) ?? listOf(answer?.intervals, MOST, costIntervalOf);
  if (answer === null || costs === null) return null;
  return { currency: text(answer.currency)?.slice(0, 3) ?? "", problem: text(answer.problem), costs };
}

export function registersOf(data: unknown): RegisterState[] | null {
  return listOf(record(data)?.registers, MOST, (entry) => {
    const state = record(entry);
    const [time, value, register] = [timeOf(state?.time), number(state?.value), text(state?.register)];
    if (state === null || time === null || value === null || register === null) return null;
    return { register, tier: count(state.tier), time, value, serial: text(state.serial) };
  });
}

/** When the newest intervals begin that the gateway does not expect yet; null if it does not say so. */
export function pendingFromOf(data: unknown, now: number): number | null {
  const last = listOf(record(data)?.periods, MOST, record)?.at(-1);
  const seconds = number(last?.interval_s);
  if (last === undefined || seconds === null || seconds <= 0) return null;
  const step = 1000 * seconds;
  return (Math.floor(now / step) - count(last.pending)) * step;
}
