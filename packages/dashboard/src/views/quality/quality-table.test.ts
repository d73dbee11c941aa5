import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "./quality-table.ts";
import { qualitySeriesOf } from "./voltage-quality.ts";

/** Local times, because the rows are those of the reader's clock. */
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

test("a day has rows of hours, with the extremes of each", () => {
  const from = new Date(2026, 0, 5, 10).getTime();
  const rows = rowsOf(seriesOf(from, 600, [230, 231, 229, 230, 230, 230, 240, null]), "day");
  assert.deepEqual(
    rows.map(({ time, voltage }) => [new Date(time * 1000).getHours(), voltage[0]?.min.value, voltage[0]?.max.value]),
    [
      [10, 229, 231],
      [11, 240, 240],
    ],
  );
  assert.equal(rows[0]?.unbalance?.max.value, 0);
});

test("a week has rows of days and a year of months, and what is unknown has none", () => {
  const from = new Date(2026, 0, 30).getTime();
  const values = Array.from({ length: 96 }, (_, n) => (n < 24 ? null : 230));
  const days = rowsOf(seriesOf(from, 3600, values), "month");
  assert.deepEqual(
    days.map(({ time }) => new Date(time * 1000).getDate()),
    [31, 1, 2],
  );
  const months = rowsOf(seriesOf(new Date(2026, 0, 15, 12).getTime(), 86_400, new Array(60).fill(230)), "year");
  assert.deepEqual(
    months.map(({ time }) => new Date(time * 1000).getMonth()),
    [0, 1, 2],
  );
});
