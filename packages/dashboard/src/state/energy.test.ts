import assert from "node:assert/strict";
import { test } from "node:test";
import { energySince, startOfDay } from "./energy.ts";
import { type Bucket, emptySeries, type Series } from "./series.ts";

function registers(step: number, values: Readonly<Record<number, number>>): Series {
  const buckets = new Map<number, Bucket>();
  for (const [start, importWh] of Object.entries(values)) {
    buckets.set(Number(start), { power: 0, min: 0, max: 0, importWh, exportWh: null, weight: 1 });
  }
  return { ...emptySeries(step, 100_000), buckets };
}

test("counts from the register value just before the moment", () => {
  const series = registers(10, { 80: 1000, 90: 1010, 100: 1020, 110: 1030 });
  assert.deepEqual(energySince(series, "importWh", 100, 1035, 20_000), { wh: 25, since: 100, complete: true });
});

test("without a latest value the newest of the history stands for it", () => {
  const series = registers(10, { 90: 1010, 110: 1030 });
  assert.deepEqual(energySince(series, "importWh", 100, null, 20_000), { wh: 20, since: 100, complete: true });
});

test("a history that begins later says from when it counts", () => {
  const series = registers(10, { 500: 1000, 600: 1100 });
  assert.deepEqual(energySince(series, "importWh", 100, 1200, 20_000), { wh: 200, since: 510, complete: false });
});

test("a history that has only begun does not count from a moment to come", () => {
  const series = registers(300, { 600: 1000 });
  assert.deepEqual(energySince(series, "importWh", 100, 1002, 750), { wh: 2, since: 750, complete: false });
});

test("a value from long before the moment does not stand for it", () => {
  const series = registers(10, { 0: 400, 200: 1000 });
  assert.deepEqual(energySince(series, "importWh", 100, 1200, 20_000), { wh: 200, since: 210, complete: false });
});

test("a register that fell, or none, gives nothing", () => {
  assert.equal(energySince(registers(10, { 90: 5000 }), "importWh", 100, 12, 20_000), null);
  assert.equal(energySince(registers(10, { 90: 5000 }), "exportWh", 100, null, 20_000), null);
  assert.equal(energySince(emptySeries(10, 100), "importWh", 100, 12, 20_000), null);
});

test("a register that leapt to another meter's gives nothing, and a heavy load is believed", () => {
  const series = registers(10, { 90: 5000, 100: 5000, 110: 46_000_000 });
  assert.equal(energySince(series, "importWh", 100, 46_000_001, 20_000), null);
  // 100 kW for 3 hours, of which the series knows the ends.
  const hours = registers(300, { 0: 0, 10800: 300_000 });
  assert.deepEqual(energySince(hours, "importWh", 300, null, 20_000), { wh: 300_000, since: 300, complete: true });
});

test("a day starts at local midnight", () => {
  const noon = new Date(2026, 2, 29, 12, 30).getTime();
  assert.equal(startOfDay(noon), new Date(2026, 2, 29).getTime());
});
