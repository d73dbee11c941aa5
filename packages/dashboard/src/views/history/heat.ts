/** A year as a map of hours: a column for each day, a row for each hour of its clock. */

import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { PowerPoint } from "./history-answers.ts";
import type { Span } from "./shown-range.ts";

const HOUR = 3_600_000;

export interface HeatCell {
  /** When the hour begins, the first time if it comes twice; null where clocks skip it. */
  readonly time: number | null;
  /** Mean power, W, import positive; null is unknown. */
  readonly power: number | null;
  readonly recovered: boolean;
}

export interface HeatDay {
  readonly from: number;
  readonly to: number;
  /** 24 hours of the clock; one that comes twice has the mean of both. */
  readonly hours: readonly HeatCell[];
}

interface Adding {
  time: number | null;
  sum: number;
  count: number;
  recovered: boolean;
}

/** The days of the year that holds a moment. @param points by hour, in any order */
export function heatDays(calendar: ZoneCalendar, time: number, points: Iterable<PowerPoint>): HeatDay[] {
  const byHour = new Map<number, PowerPoint>();
  for (const point of points) byHour.set(point.time, point);
  const [start, end] = [calendar.start("year", time), calendar.next("year", time)];
  const days: HeatDay[] = [];
  for (let from = start; from < end; ) {
    const to = calendar.next("day", from);
    if (to <= from) break;
    days.push({ from, to, hours: hoursOf(calendar, from, to, byHour) });
    from = to;
  }
  return days;
}

function hoursOf(
  calendar: ZoneCalendar,
  from: number,
  to: number,
  byHour: ReadonlyMap<number, PowerPoint>,
): HeatCell[] {
  const cells = Array.from({ length: 24 }, (): Adding => ({ time: null, sum: 0, count: 0, recovered: false }));
  for (let time = from; time < to; time += HOUR) {
    const cell = cells[calendar.parts(time).hour];
    // In zones that are not whole hours from UTC, the hour that holds the most of it.
    const point = byHour.get(Math.round(time / HOUR) * HOUR);
    if (cell === undefined) continue;
    cell.time ??= time;
    if (point === undefined || point.mean === null) continue;
    cell.sum += point.mean;
    cell.count++;
    cell.recovered ||= point.recovered;
  }
  return cells.map(({ time, sum, count, recovered }) => ({ time, power: count === 0 ? null : sum / count, recovered }));
}

export interface HeatScale {
  /** W of the strongest colour of import, and of export (below 0). */
  readonly most: number;
  readonly least: number;
}

/** Ends of the colours that single extreme hours do not stretch. */
export function heatScale(days: readonly HeatDay[]): HeatScale {
  const powers = days
    .flatMap(({ hours }) => hours.flatMap(({ power }) => (power === null ? [] : [power])))
    .sort((a, b) => a - b);
  const at = (share: number): number => powers[Math.round(share * (powers.length - 1))] ?? 0;
  return { most: Math.max(100, at(0.98)), least: Math.min(-100, at(0.02)) };
}

/** -1 (strongest export) to 1 (strongest import). */
export function heatOf(power: number, { most, least }: HeatScale): number {
  return power >= 0 ? Math.min(1, power / most) : -Math.min(1, power / least);
}

/** The hour with the highest and the lowest mean, and how many hours have none, for those who cannot see the map. */
export interface HeatSummary {
  readonly highest: { readonly time: number; readonly power: number };
  readonly lowest: { readonly time: number; readonly power: number };
  readonly unknown: number;
}

/** @param known when there can be values: from the first one of all until now */
export function heatSummary(days: readonly HeatDay[], known: Span): HeatSummary | null {
  let highest: HeatSummary["highest"] | null = null;
  let lowest: HeatSummary["lowest"] | null = null;
  let unknown = 0;
  for (const { hours } of days)
    for (const { time, power } of hours) {
      if (time === null) continue;
      if (power === null) {
        if (time >= known.from && time + HOUR <= known.to) unknown++;
        continue;
      }
      if (highest === null || power > highest.power) highest = { time, power };
      if (lowest === null || power < lowest.power) lowest = { time, power };
    }
  return highest === null || lowest === null ? null : { highest, lowest, unknown };
}
