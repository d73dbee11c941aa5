import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryPoint } from "../history/history-point.ts";
import { recoveredFromIntervals, recoveredFromSums, withRecovered } from "./recovered.ts";

const quarter = 900_000;
const piece = (n: number, value: number | null, register: number | null = null) => ({
  end: n * quarter,
  seconds: 900,
  value,
  register,
});

test("within an interval the power is its mean, and its last step has the register", () => {
  const { power, register } = recoveredFromIntervals({ from: 0, step: 300, count: 9 }, [
    piece(1, 250, 10_250),
    piece(3, 500, 11_000),
  ]);
  assert.deepEqual(power, [1_000, 1_000, 1_000, null, null, null, 2_000, 2_000, 2_000]);
  assert.deepEqual(register, [null, null, 10_250, null, null, null, null, null, 11_000]);
});

test("a step that lies across two intervals has the mean of both, and one that is open in part is unknown", () => {
  const { power } = recoveredFromIntervals({ from: 600_000, step: 600, count: 3 }, [piece(1, 250), piece(2, 500)]);
  assert.deepEqual(power, [1_500, 2_000, null]);
  assert.deepEqual(recoveredFromIntervals({ from: 0, step: 900, count: 1 }, [piece(1, null)]).power, [null]);
});

test("sums fill a step only if they cover it", () => {
  const sum = (value: number | null, seconds: number) => ({
    ...{ from: 0, to: 3_600_000, value, seconds },
    byQuality: { good: 0, partial: 0, suspect: 0, missing: 0 },
    bySource: { manual: 0, profile: 0, difference: 0, estimated: 0 },
  });
  assert.deepEqual(recoveredFromSums([sum(800, 3_600), sum(600, 2_700), sum(null, 0)]).power, [800, null, null]);
});

test("only steps without readings are filled and marked, and power needs both directions", () => {
  const blank: HistoryPoint = {
    ...{ time: "2026-01-01T00:00:00.000Z", power_w: null, power_min_w: null, power_max_w: null },
    ...{ energy_import_wh: null, energy_export_wh: null },
  };
  const read = { ...blank, power_w: 77 };
  const steps = (power: readonly (number | null)[], register: readonly (number | null)[]) => ({ power, register });
  const filled = withRecovered(
    [read, blank, read, blank, blank],
    1,
    steps([1_000, 5, 800, null], [null, null, 12, null]),
    steps([200, 5, null, null], [null, null, null, null]),
  );
  assert.deepEqual(filled, [
    read,
    { ...blank, power_w: 800, recovered: true },
    read,
    { ...blank, energy_import_wh: 12, recovered: true },
    blank,
  ]);
});
