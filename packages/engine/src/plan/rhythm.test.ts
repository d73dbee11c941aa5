import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nextRead } from "./rhythm.ts";

const rhythm = { began: 100, interval: 2_000 };

test("the next read is at the next tick, and a tick is never read twice", () => {
  assert.deepEqual(
    [100, 101, 2_099, 2_100].map((now) => nextRead(rhythm, now)),
    [2_100, 2_100, 2_100, 4_100],
  );
});

test("ticks that a slow read missed are skipped", () => {
  assert.equal(nextRead(rhythm, 9_000), 10_100);
});

test("a failed read is tried again soon, but never later than the next tick", () => {
  assert.equal(nextRead(rhythm, 500, { soon: true }), 750);
  assert.equal(nextRead(rhythm, 2_000, { soon: true }), 2_100);
});

test("property: the next read is in the future, by one interval at most, and on a tick unless it is soon", () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 100, max: 1e8 }), fc.nat(1e9), (began, interval, later) => {
      const now = began + later;
      const next = nextRead({ began, interval }, now);
      assert.ok(next > now && next <= now + interval);
      assert.equal((next - began) % interval, 0);
    }),
  );
});
