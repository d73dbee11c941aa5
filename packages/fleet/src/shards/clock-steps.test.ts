import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockSteps } from "./clock-steps.ts";

test("a step of an hour in either direction is told once, with its size", () => {
  const steps = new ClockSteps();
  const start = Date.UTC(2026, 10, 30);
  assert.equal(steps.look(0, start), undefined);
  assert.equal(steps.look(3_000, start + 3_000 - 3_600_000), -3_600_000);
  assert.equal(steps.look(6_000, start + 6_000 - 3_600_000), undefined);
  assert.equal(steps.look(9_000, start + 9_000), 3_600_000);
});

test("drift, and a look that took long, are no step", () => {
  const steps = new ClockSteps();
  for (let n = 0; n < 1_000; n++) assert.equal(steps.look(3_000 * n, 3_001.5 * n), undefined);
  assert.equal(steps.look(3_000_000, 3_009_000, 8_000), undefined);
});
