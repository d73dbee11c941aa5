import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { historyGrid, maxPoints } from "./history-grid.ts";

test("a range begins at a whole step and covers the requested one", () => {
  const from = Date.UTC(2026, 0, 1, 12, 0, 7);
  assert.deepEqual(historyGrid({ from, to: from + 60_000, step: 10, interval: 2_000 }), {
    from: from - 7_000,
    step: 10,
    count: 7,
  });
});

test("the step that is chosen suits the range and the poll interval", () => {
  const step = (range: number, interval: number) => {
    const grid = historyGrid({ from: 0, to: range, interval });
    return typeof grid === "string" ? grid : grid.step;
  };
  assert.equal(step(3_600_000, 2_000), 5);
  assert.equal(step(86_400_000, 2_000), 120);
  assert.equal(step(3_600_000, 60_000), 120);
  assert.equal(step(10 * 365 * 86_400_000, 2_000), 518_400);
});

test("too many points are refused with a step that works", () => {
  const request = { from: 0, to: 86_400_000, interval: 2_000 };
  const sentence = historyGrid({ ...request, step: 1 });
  assert.ok(typeof sentence === "string");
  const proposed = Number(/step=(\d+)/.exec(sentence)?.[1]);
  assert.ok(typeof historyGrid({ ...request, step: proposed }) !== "string", sentence);
  assert.match(String(historyGrid({ from: 5, to: 5, interval: 2_000 })), /must be before/);
});

test("property: a chosen grid never has too many points, and covers the range", () => {
  fc.assert(
    fc.property(
      fc.nat(4e12),
      fc.integer({ min: 1, max: 3e11 }),
      fc.integer({ min: 100, max: 3_600_000 }),
      (from, range, interval) => {
        const grid = historyGrid({ from, to: from + range, interval });
        assert.ok(typeof grid !== "string");
        assert.ok(
          grid.count <= maxPoints && grid.from <= from && grid.from + grid.count * grid.step * 1_000 >= from + range,
        );
      },
    ),
  );
});
