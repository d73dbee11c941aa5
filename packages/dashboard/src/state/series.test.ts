import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type History, MEASURED_KEYS, type Reading, readingOf } from "./api-answers.ts";
import { columns, emptySeries, type Series, stepFor, summary, withHistory, withReading } from "./series.ts";

function reading(seconds: number, power: number | null, wh: number | null = null): Reading {
  const made = readingOf({
    time: new Date(seconds * 1000).toISOString(),
    quality: "good",
    power_w: power,
    energy_import_wh: wh,
  });
  assert.ok(made);
  return made;
}

function history(step: number, values: readonly (number | null)[], from = 0): History {
  return {
    step,
    points: values.map((power, i) => ({
      time: from + i * step,
      power_w: power,
      power_min_w: power === null ? null : power - 10,
      power_max_w: power === null ? null : power + 10,
      energy_import_wh: power === null ? null : i,
      energy_export_wh: null,
    })),
  };
}

test("has every step of a window, unknown ones as gaps", () => {
  const series = withHistory(emptySeries(10, 100), history(10, [100, null, 300]), 40, 2);
  assert.deepEqual(columns(series, 0, 35), [
    [5, 15, 25, 35],
    [100, null, 300, null],
    [90, null, 290, null],
    [110, null, 310, null],
  ]);
});

test("does not draw the current step in the future, and times only rise", () => {
  const [times] = columns(emptySeries(10, 100), 0, 31);
  assert.deepEqual(times, [5, 15, 25, 31]);
});

test("computes mean and extremes of a step from live readings", () => {
  let series = emptySeries(10, 100);
  for (const [at, power] of [
    [20, 100],
    [22, 300],
    [24, -100],
    [31, 50],
  ] as const) {
    series = withReading(series, reading(at, power));
  }
  assert.deepEqual(columns(series, 20, 39), [
    [25, 35],
    [100, 50],
    [-100, 50],
    [300, 50],
  ]);
});

test("a reading in a half-known step moves the mean only by its share", () => {
  const series = withReading(withHistory(emptySeries(300, 3600), history(300, [100]), 98, 2), reading(98, 600));
  assert.equal(series.buckets.get(0)?.power, 110);
});

test("an unknown power keeps the mean but takes the register", () => {
  const series = withReading(withReading(emptySeries(10, 100), reading(1, 80, 5)), reading(3, null, 6));
  assert.equal(series.buckets.get(0)?.power, 80);
  assert.equal(series.buckets.get(0)?.importWh, 6);
});

test("history replaces live readings where it has values, and keeps them elsewhere", () => {
  const live = withReading(withReading(emptySeries(10, 100), reading(5, 1)), reading(15, 2));
  const merged = withHistory(live, history(10, [50, null]), 40, 2);
  assert.equal(merged.buckets.get(0)?.power, 50);
  assert.equal(merged.buckets.get(10)?.power, 2);
});

test("a history of another step replaces the series", () => {
  const merged = withHistory(withReading(emptySeries(10, 100), reading(5, 1)), history(20, [50]), 40, 2);
  assert.equal(merged.step, 20);
  assert.equal(merged.buckets.size, 1);
});

test("memory is bounded for any input", () => {
  const times = fc.array(fc.integer({ min: 0, max: 4_000_000 }), { maxLength: 300 });
  fc.assert(
    fc.property(times, (seconds) => {
      let series: Series = emptySeries(10, 100);
      for (const at of seconds) series = withReading(series, reading(at, 1));
      assert.ok(series.buckets.size <= 100 / 10 + 2);
      const to = Math.max(0, ...seconds);
      assert.ok(columns(series, 0, to)[0].length <= 100 / 10 + 3);
    }),
    { numRuns: 50 },
  );
  const long = withHistory(emptySeries(10, 100), history(10, new Array(4000).fill(5)), 40_000, 2);
  assert.ok(long.buckets.size <= 12);
});

test("a mean lies between its extremes", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40_000, max: 40_000 }), { minLength: 1, maxLength: 60 }), (powers) => {
      let series: Series = emptySeries(60, 600);
      for (const power of powers) series = withReading(series, reading(30, power));
      const bucket = series.buckets.get(0);
      const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
      assert.ok(Math.abs((bucket?.power ?? Number.NaN) - mean) < 1e-6);
      assert.equal(bucket?.min, Math.min(...powers));
      assert.equal(bucket?.max, Math.max(...powers));
    }),
  );
});

test("chooses a step that a slow poll can fill", () => {
  assert.equal(stepFor(2000, 10), 10);
  assert.equal(stepFor(6000, 10), 30);
  assert.equal(stepFor(60_000, 300), 300);
  assert.equal(stepFor(86_400_000, 10), 3600);
});

test("a summary counts missing steps, and is null if all are missing", () => {
  const series = withHistory(emptySeries(10, 100), history(10, [100, null, 300]), 40, 2);
  assert.deepEqual(summary(columns(series, 0, 29), 10), { min: 90, max: 310, mean: 200, missing: 10 });
  assert.equal(summary(columns(emptySeries(10, 100), 0, 29), 10), null);
});

test("each measured key has its place in a reading", () => {
  assert.deepEqual(Object.keys(reading(1, 1).values), [...MEASURED_KEYS]);
});
