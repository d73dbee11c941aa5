/** The same values as the charts, in rows that a person can read. */
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { PeriodName } from "./period.ts";
import { type Line, type LineSummary, type QualitySeries, summaryOf, unbalanceLine } from "./voltage-quality.ts";

export interface TableRow {
  /** The middle of its first step, seconds since 1970. */
  readonly time: number;
  /** Of L1, L2, L3. */
  readonly voltage: readonly (LineSummary | null)[];
  readonly frequency: LineSummary | null;
  readonly unbalance: LineSummary | null;
}

const HOUR_MS = 3_600_000;

/** When the hour of a day, the day of a week or month, or the month of a year begins that a moment belongs to, in milliseconds. */
export function rowStart(calendar: ZoneCalendar, period: PeriodName, seconds: number): number {
  const time = seconds * 1000;
  if (period === "day") return time - (calendar.local(time) % HOUR_MS);
  return calendar.start(period === "year" ? "month" : "day", time);
}

function cut(line: Line | null, from: number, to: number): Line | null {
  if (line === null) return null;
  return { mean: line.mean.slice(from, to), min: line.min.slice(from, to), max: line.max.slice(from, to) };
}

/** Rows of hours, days or months by the point's clock, oldest first; those of which nothing is known are left out. */
export function rowsOf(series: QualitySeries, period: PeriodName, calendar: ZoneCalendar): TableRow[] {
  const { times } = series;
  const unbalance = unbalanceLine(series);
  const groups = times.map((time) => rowStart(calendar, period, time));
  const starts = groups.flatMap((group, n) => (n === 0 || group !== groups[n - 1] ? [n] : []));
  return starts.flatMap((start, n) => {
    const end = starts[n + 1] ?? times.length;
    const part = times.slice(start, end);
    const summary = (line: Line | null): LineSummary | null => summaryOf(cut(line, start, end), part);
    const row = {
      ...{ time: times[start] ?? 0, voltage: series.voltage.map(summary) },
      ...{ frequency: summary(series.frequency), unbalance: summary(unbalance) },
    };
    return row.frequency === null && row.voltage.every((phase) => phase === null) ? [] : [row];
  });
}
