/** The same values as the charts, in rows that a person can read. */
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

/** What a moment of the reader's clock belongs to: an hour of a day, a day of a week or month, a month of a year. */
function groupOf(period: PeriodName, seconds: number): string {
  const date = new Date(seconds * 1000);
  const month = `${date.getFullYear()}-${date.getMonth()}`;
  if (period === "year") return month;
  const day = `${month}-${date.getDate()}`;
  return period === "day" ? `${day}-${date.getHours()}-${date.getTimezoneOffset()}` : day;
}

function cut(line: Line | null, from: number, to: number): Line | null {
  if (line === null) return null;
  return { mean: line.mean.slice(from, to), min: line.min.slice(from, to), max: line.max.slice(from, to) };
}

/** Rows of hours, days or months, oldest first; those of which nothing is known are left out. */
export function rowsOf(series: QualitySeries, period: PeriodName): TableRow[] {
  const { times } = series;
  const unbalance = unbalanceLine(series);
  const starts = times.flatMap((time, n) =>
    n === 0 || groupOf(period, time) !== groupOf(period, times[n - 1] ?? 0) ? [n] : [],
  );
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
