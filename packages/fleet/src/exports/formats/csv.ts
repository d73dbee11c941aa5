/** Values as CSV: long, one line for each interval, or wide, one column for each point. */
import { csvLine } from "@meterport/gateway/exports/csv";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { decimalText } from "../model/decimal.ts";
import { checkDay, checkedDays, type ExportDay, endOfDay, startOfSlot, stepMillis } from "../model/export-day.ts";
import { localTextOf, minuteText } from "../model/times.ts";

export interface CsvOptions {
  /** A comma for spreadsheets of countries that write one; a point if omitted. */
  readonly decimal?: "." | "," | undefined;
}

type DecimalMark = NonNullable<CsvOptions["decimal"]>;

/** kWh or kvarh with three digits behind the point; nothing for an unknown value. */
const amountText = (amount: number | null, mark: DecimalMark): string | null =>
  amount === null ? null : decimalText(amount, 3).replace(".", mark);

const bigUnit = { Wh: "kWh", varh: "kvarh" } as const;

/**
 * `point;obis;start;end;value;unit;code;version`, one line for each interval. Times carry the offset of the day's zone, so the hour that
 * a clock shows twice is told apart.
 *
 * @throws UsageError (`day`) for a day that no file may carry
 */
export function* csvLong(
  days: Iterable<ExportDay>,
  { decimal = "." }: CsvOptions = {},
): Generator<string, void, undefined> {
  yield csvLine(["point", "obis", "start", "end", "value", "unit", "code", "version"], ";");
  for (const day of checkedDays(days)) {
    const local = localTextOf(day.zone);
    yield day.values
      .map(({ amount, code, version }, n) => {
        const times = [local(startOfSlot(day, n)), local(startOfSlot(day, n + 1))];
        return csvLine(
          [day.point, day.obis, ...times, amountText(amount, decimal), bigUnit[day.unit], code, version],
          ";",
        );
      })
      .join("");
  }
}

interface Column {
  readonly title: string;
  /** Ascending, and none touches the one before it. */
  readonly days: readonly ExportDay[];
}

/** A table of more columns is no longer one that people open. */
const mostColumns = 2_000;

const titleOf = ({ point, obis, unit }: ExportDay): string => `${point} ${obis} ${bigUnit[unit]}`;

const inOrder = (title: string, days: readonly ExportDay[]): readonly ExportDay[] => {
  const sorted = [...days].sort((a, b) => a.start - b.start);
  for (const [n, day] of sorted.entries()) {
    const before = sorted[n - 1];
    if (before !== undefined && day.start < endOfDay(before))
      throw new UsageError("days", `${title} has two values for ${minuteText(day.start)}: give each day once`);
  }
  return sorted;
};

const columnsOf = (days: readonly ExportDay[]): readonly Column[] => {
  const columns = new Map<string, ExportDay[]>();
  for (const day of days) {
    const title = titleOf(day);
    const known = columns.get(title);
    if (known === undefined) columns.set(title, [day]);
    else known.push(day);
  }
  if (columns.size > mostColumns)
    throw new UsageError(
      "columns",
      `${columns.size} columns are more than ${mostColumns}: take the long form, or fewer points`,
    );
  return [...columns].map(([title, list]) => ({ title, days: inOrder(title, list) }));
};

/** Gives a column's amounts for times that only rise. */
const amountsOf = ({ days }: Column): ((time: Millis) => number | null) => {
  let at = 0;
  return (time) => {
    for (let day = days[at]; day !== undefined && endOfDay(day) <= time; day = days[at]) at++;
    const day = days[at];
    return day === undefined || time < day.start
      ? null
      : (day.values[(time - day.start) / stepMillis(day)]?.amount ?? null);
  };
};

/**
 * One line for each interval and one column for each channel: 92, 96 or 100 lines for a local day of quarters. Codes
 * and versions are in the long form, and in the list of versions that goes with each file.
 *
 * @throws UsageError if the days have several steps or zones, or too many columns
 */
export function* csvWide(
  days: readonly ExportDay[],
  { decimal = "." }: CsvOptions = {},
): Generator<string, void, undefined> {
  for (const day of days) checkDay(day);
  const [first] = days;
  if (first === undefined) return yield csvLine(["start", "end"], ";");
  if (days.some(({ step, zone }) => step !== first.step || zone !== first.zone))
    throw new UsageError(
      "days",
      "a wide table has one step and one zone: write a file for each, or take the long form",
    );
  const columns = columnsOf(days);
  const amounts = columns.map(amountsOf);
  const local = localTextOf(first.zone);
  yield csvLine(["start", "end", ...columns.map(({ title }) => title)], ";");
  const [from, to] = [Math.min(...days.map(({ start }) => start)), Math.max(...days.map(endOfDay))];
  for (let time = from; time < to; time += stepMillis(first)) {
    const cells = amounts.map((amountAt) => amountText(amountAt(time), decimal));
    yield csvLine([local(time), local(time + stepMillis(first)), ...cells], ";");
  }
}
