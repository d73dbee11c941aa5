import assert from "node:assert/strict";
import { test } from "node:test";
import { energySince, lastKnown } from "./energy.ts";
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

test("without a latest value, uses the newest of the history", () => {
  const series = registers(10, { 90: 1010, 110: 1030 });
  assert.deepEqual(energySince(series, "importWh", 100, null, 20_000), { wh: 20, since: 100, complete: true });
});

test("a history that begins later reports from when it counts", () => {
  const series = registers(10, { 500: 1000, 600: 1100 });
  assert.deepEqual(energySince(series, "importWh", 100, 1200, 20_000), { wh: 200, since: 510, complete: false });
});

test("a history that has only begun does not count from a future moment", () => {
  const series = registers(300, { 600: 1000 });
  assert.deepEqual(energySince(series, "importWh", 100, 1002, 750), { wh: 2, since: 750, complete: false });
});

test("a value from long before the moment is not used for it", () => {
  const series = registers(10, { 0: 400, 200: 1000 });
  assert.deepEqual(energySince(series, "importWh", 100, 1200, 20_000), { wh: 200, since: 210, complete: false });
});

test("a register that fell, or none, gives nothing", () => {
  assert.equal(energySince(registers(10, { 90: 5000 }), "importWh", 100, 12, 20_000), null);
  assert.equal(energySince(registers(10, { 90: 5000 }), "exportWh", 100, null, 20_000), null);
  assert.equal(energySince(emptySeries(10, 100), "importWh", 100, 12, 20_000), null);
});

test("a jump to another meter's register gives nothing, but a heavy load counts", () => {
  const series = registers(10, { 90: 5000, 100: 5000, 110: 46_000_000 });
  assert.equal(energySince(series, "importWh", 100, 46_000_001, 20_000), null);
  // 100 kW for 3 hours, whose ends the series knows.
  const hours = registers(300, { 0: 0, 10800: 300_000 });
  assert.deepEqual(energySince(hours, "importWh", 300, null, 20_000), { wh: 300_000, since: 300, complete: true });
});

test("an hour is never more than the day that holds it, whatever steps the history has", () => {
  // Counted since 1:50, in steps of ten seconds and of five minutes.
  const begin = 6600;
  const at = (time: number): number => 50_000 + (time - begin) * 0.6;
  const fine = registers(
    10,
    Object.fromEntries([begin, 6700, 7000, 8000, 9000].map((start) => [start, at(start + 10)])),
  );
  const coarse = registers(300, Object.fromEntries([begin, 6900, 8700].map((start) => [start, at(start + 300)])));
  const now = 9750;
  const hour = energySince([fine, coarse], "importWh", now - 3600, at(now), now);
  const today = energySince([fine, coarse], "importWh", 0, at(now), now);
  assert.deepEqual(hour, today);
  assert.equal(hour?.since, 6610);
  assert.ok(
    Number(energySince(coarse, "importWh", 0, at(now), now)?.wh) < Number(hour?.wh),
    "before the fix: another start",
  );
});

test("a register value is of the last reading's time, not of its step", () => {
  const series = registers(300, { 9300: 1000, 9600: 1100 });
  const lastReading = 9_774_000;
  assert.deepEqual(lastKnown([series], "importWh", lastReading, 9_900_000), { wh: 1100, time: lastReading });
  assert.deepEqual(lastKnown([series], "importWh", null, 9_800_000), { wh: 1100, time: 9_800_000 });
  assert.deepEqual(lastKnown([series], "importWh", 5_000_000, 20_000_000), { wh: 1100, time: 9_900_000 });
  assert.equal(lastKnown([series], "exportWh", lastReading, 9_900_000), null);
  // The finer series gives the same moment more exactly.
  const fine = registers(10, { 9770: 1099, 9890: 1101 });
  assert.equal(lastKnown([fine, series], "importWh", null, 9_950_000)?.wh, 1101);
});
