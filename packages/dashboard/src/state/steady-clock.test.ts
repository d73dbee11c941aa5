import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { steadyClock } from "./steady-clock.ts";

test("runs on while the monotonic clock stops, as in a sleeping computer", () => {
  let wall = 1000;
  const now = steadyClock(
    () => 5,
    () => wall,
  );
  assert.equal(now(), 0);
  wall += 60_000;
  assert.equal(now(), 60_000);
});

test("runs on while the wall clock is set back", () => {
  let wall = 100_000;
  let monotonic = 0;
  const now = steadyClock(
    () => monotonic,
    () => wall,
  );
  monotonic += 2000;
  wall -= 50_000;
  assert.equal(now(), 2000);
});

test("never goes back and is never slower than either clock", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 }))),
      (steps) => {
        let a = 0;
        let b = 0;
        const now = steadyClock(
          () => a,
          () => b,
        );
        let before = now();
        for (const [da, db] of steps) {
          a += da;
          b += db;
          const after = now();
          assert.ok(after - before >= Math.max(da, db, 0));
          before = after;
        }
      },
    ),
  );
});
