import assert from "node:assert/strict";
import { test } from "node:test";
import { isStale, lateAfter, staleAfter } from "./staleness.ts";

test("a reading stays fresh for two intervals, and at least 4 s", () => {
  assert.deepEqual([staleAfter(500), staleAfter(2_000), staleAfter(10_000)], [4_000, 4_000, 20_000]);
});

test("a reading is late before it is stale, whatever the interval", () => {
  assert.deepEqual([lateAfter(500), lateAfter(2_000), lateAfter(10_000)], [3_000, 3_000, 15_000]);
  for (const interval of [1, 1_999, 2_001, 60_000]) assert.ok(lateAfter(interval) < staleAfter(interval));
});

test("a step of either clock never makes an old reading look fresh", () => {
  const taken = { now: 1_000, wall: 50_000 };
  const at = (now: number, wall: number) =>
    isStale(taken, { now: () => now, wall: () => wall, at: () => () => {} }, 2_000);
  assert.equal(at(4_999, 53_999), false);
  assert.equal(at(5_000, 20_000), true, "the wall clock was stepped back");
  assert.equal(at(1_100, 54_000), true, "the machine slept");
});
