import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scrollFor, windowOf } from "./window.ts";

test("draws what is visible, a few more, and nothing else", () => {
  assert.deepEqual(windowOf(0, 500, 50, 10_000), { first: 0, end: 18 });
  assert.deepEqual(windowOf(5_000, 500, 50, 10_000), { first: 92, end: 118 });
  assert.deepEqual(windowOf(499_500, 500, 50, 10_000), { first: 9_982, end: 10_000 });
  assert.deepEqual(windowOf(0, 500, 50, 0), { first: 0, end: 0 });
});

test("stays within the list, however far it is scrolled, and covers all that is visible", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 2_000_000 }),
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 0, max: 50_000 }),
      (top, height, rowHeight, count) => {
        const { first, end } = windowOf(top, height, rowHeight, count);
        assert.ok(first >= 0 && end >= first && end <= Math.max(count, first));
        assert.ok(end - first <= Math.ceil(height / rowHeight) + 18);
        for (let row = 0; row < count; row += 97) {
          const isVisible = (row + 1) * rowHeight > top && row * rowHeight < top + height;
          if (isVisible) assert.ok(row >= first && row < end, `row ${row}`);
        }
      },
    ),
  );
});

test("scrolls no further than it must", () => {
  assert.equal(scrollFor(20, 0, 500, 50), 550);
  assert.equal(scrollFor(3, 400, 500, 50), 150);
  assert.equal(scrollFor(5, 100, 500, 50), 100);
});
