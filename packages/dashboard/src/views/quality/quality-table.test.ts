import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { rowStart, rowsOf } from "./quality-table.ts";
import { qualitySeriesOf } from "./voltage-quality.ts";

/** Its clock is hours from that of any machine that runs the tests in Europe, and half an hour from whole ones. */
const calendar = new ZoneCalendar("Asia/Kolkata");

const seriesOf = (from: number, step: number, values: readonly (number | null)[]) => {
  const series = qualitySeriesOf({
    ...{ from: new Date(from).toISOString(), to: new Date(from + values.length * step * 1000).toISOString(), step },
    series: Object.fromEntries(
      ["voltage_l1_v", "voltage_l2_v", "voltage_l3_v"].map((key) => [key, { mean: values, min: values, max: values }]),
    ),
  });
  assert.ok(series !== null);
  return series;
};

test("a day has rows of the hours of the point's clock, with the extremes of each", () => {
  const from = calendar.at(2026, 1, 5) + 10 * 3_600_000;
  const rows = rowsOf(seriesOf(from, 600, [230, 231, 229, 230, 230, 230, 240, null]), "day", calendar);
  assert.deepEqual(
    rows.map(({ time, voltage }) => [
      calendar.parts(time * 1000).hour,
      voltage[0]?.min.value,
      voltage[0]?.max.value,
      rowStart(calendar, "day", time),
    ]),
    [
      [10, 229, 231, from],
      [11, 240, 240, from + 3_600_000],
    ],
  );
  assert.equal(rows[0]?.unbalance?.max.value, 0);
});

test("the hour that comes twice has two rows", () => {
  const home = new ZoneCalendar("Europe/Copenhagen");
  const rows = rowsOf(seriesOf(Date.UTC(2026, 9, 25, 0), 3600, [230, 231, 232]), "day", home);
  assert.deepEqual(
    rows.map(({ time }) => home.parts(time * 1000).hour),
    [2, 2, 3],
  );
});

test("a week has rows of days and a year of months, and what is unknown has none", () => {
  const from = calendar.at(2026, 1, 30);
  const values = Array.from({ length: 96 }, (_, n) => (n < 24 ? null : 230));
  const days = rowsOf(seriesOf(from, 3600, values), "month", calendar);
  assert.deepEqual(
    days.map(({ time }) => calendar.parts(time * 1000).day),
    [31, 1, 2],
  );
  const months = rowsOf(seriesOf(calendar.at(2026, 1, 15), 86_400, new Array(60).fill(230)), "year", calendar);
  assert.deepEqual(
    months.map(({ time }) => calendar.parts(time * 1000).month),
    [1, 2, 3],
  );
});
