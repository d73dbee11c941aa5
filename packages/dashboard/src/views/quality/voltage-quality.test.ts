import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bandOf,
  frequencyLimits,
  insideOf,
  qualitySeriesOf,
  summaryOf,
  unbalanceLine,
  unbalanceOf,
  voltageLimits,
} from "./voltage-quality.ts";

const from = "2026-01-01T00:00:00.000Z";
const start = Date.parse(from) / 1000;
const answer = {
  ...{ id: "home", from, to: "2026-01-01T00:30:00.000Z", step: 600 },
  series: {
    voltage_l1_v: { mean: [230, null, 240], min: [229, null, 205], max: [231, null, 254] },
    voltage_l2_v: { mean: [null, null, null], min: [], max: [] },
  },
};

test("an answer becomes lines on one grid, and a phase of which nothing is known is none", () => {
  const series = qualitySeriesOf(answer);
  assert.deepEqual(series?.times, [start + 300, start + 900, start + 1500]);
  assert.deepEqual(
    series?.voltage.map((line) => line?.mean ?? null),
    [[230, null, 240], null, null],
  );
  assert.equal(series?.frequency, null);
});

test("frequency and power factor are shown by their means, because their extremes are not stored", () => {
  const series = { frequency_hz: { mean: [50, 49.9, null], min: [null, null, 48], max: [null, 51, null] } };
  const line = qualitySeriesOf({ ...answer, series })?.frequency;
  assert.deepEqual([line?.min, line?.max], [line?.mean, line?.mean]);
});

test("an answer that is not as expected is none, and a short list has unknown values at its end", () => {
  for (const wrong of [null, {}, { ...answer, step: 0 }, { ...answer, series: [] }, { ...answer, to: from }])
    assert.equal(qualitySeriesOf(wrong), null);
  assert.equal(qualitySeriesOf({ ...answer, step: 0.1 }), null);
  const short = qualitySeriesOf({ ...answer, series: { frequency_hz: { mean: [50, "x"] } } });
  assert.deepEqual(short?.frequency, { mean: [50, null, null], min: [50, null, null], max: [50, null, null] });
});

test("the extremes are those of single readings, with their time", () => {
  const series = qualitySeriesOf(answer);
  const summary = summaryOf(series?.voltage[0] ?? null, series?.times ?? []);
  assert.deepEqual(summary, {
    ...{ min: { value: 205, time: start + 1500 }, max: { value: 254, time: start + 1500 }, mean: 235 },
  });
  const partly = summaryOf({ mean: [225, 230], min: [null, 229], max: [null, 231] }, [1, 2]);
  assert.deepEqual(
    [partly?.min, partly?.max],
    [
      { value: 225, time: 1 },
      { value: 231, time: 2 },
    ],
  );
  assert.equal(summaryOf(null, []), null);
  assert.equal(summaryOf({ mean: [null], min: [null], max: [null] }, [0]), null);
});

test("means are counted against ±10 % of 230 V, and unknown ones are not counted", () => {
  const limits = voltageLimits(231);
  assert.ok(limits !== null && Math.abs(limits.low - 207) < 1e-9 && Math.abs(limits.high - 253) < 1e-9);
  const line = { mean: [206.9, 207, 253, 253.1, null], min: [], max: [] };
  assert.deepEqual(insideOf(line, { low: 207, high: 253 }), { known: 4, inside: 2 });
  assert.deepEqual(insideOf(null, { low: 207, high: 253 }), { known: 0, inside: 0 });
});

test("nothing is judged at another nominal voltage or frequency", () => {
  assert.equal(voltageLimits(120), null);
  assert.equal(voltageLimits(400), null);
  assert.equal(voltageLimits(null), null);
  assert.equal(frequencyLimits(60), null);
  assert.deepEqual(frequencyLimits(49.99), { low: 49.5, high: 50.5 });
});

test("unbalance is the largest deviation from the mean of three phases, and unknown with fewer", () => {
  const [even, odd, gap, dark] = unbalanceOf([
    [230, 230, 230, 0],
    [230, 230, null, 0],
    [230, 220, 230, 0],
  ]);
  assert.equal(even, 0);
  // Mean 226.67, largest deviation 6.67.
  assert.ok(Math.abs((odd ?? 0) - 2.941) < 0.001);
  assert.deepEqual([gap, dark], [null, null]);
  const line = { mean: [230], min: [230], max: [230] };
  assert.equal(unbalanceLine({ voltage: [line, line, null] }), null);
  assert.deepEqual(unbalanceLine({ voltage: [line, line, line] })?.mean, [0]);
});

test("the band spans all phases, and is open where none is known", () => {
  const line = (min: number | null, max: number | null) => ({ mean: [max, null], min: [min, null], max: [max, null] });
  assert.deepEqual(bandOf([line(229, 231), null, line(225, 230)], 2), [
    [225, null],
    [231, null],
  ]);
});
