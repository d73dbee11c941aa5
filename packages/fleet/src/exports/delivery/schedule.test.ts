import assert from "node:assert/strict";
import { test } from "node:test";
import { afterDelivery, afterFailure, delayAfter, freshTarget } from "./schedule.ts";

test("the wait doubles from a minute to an hour, and chance adds a fifth at most", () => {
  const minutes = (share: number): readonly number[] =>
    [1, 2, 3, 4, 5, 6, 7, 8, 500].map((n) => delayAfter(n, share) / 60_000);
  assert.deepEqual(minutes(0), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  assert.deepEqual(minutes(1).at(-1), 72);
  assert.equal(delayAfter(0, 1), 0);
});

test("a target says since when it takes nothing, and forgets it with the next delivery", () => {
  const failing = afterFailure(afterFailure(freshTarget, 1000, "refused"), 2000, "no route");
  assert.deepEqual(failing, {
    failures: 2,
    failingSince: 1000,
    problem: "no route",
    delivered: 0,
    lastDelivered: null,
  });
  assert.deepEqual(afterDelivery(failing, 3000), {
    failures: 0,
    failingSince: null,
    problem: null,
    delivered: 1,
    lastDelivered: 3000,
  });
});
