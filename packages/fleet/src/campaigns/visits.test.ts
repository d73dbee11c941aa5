import assert from "node:assert/strict";
import { test } from "node:test";
import { type DueTarget, visitsOf } from "./visits.ts";

const due = (campaign: number, meter: number, more: Partial<DueTarget> = {}): DueTarget => ({
  ...{ campaign, meter, site: meter, priority: 5, attempts: 0, reads: ["registers"] },
  ...more,
});

test("what several campaigns want of a meter is one visit that reads each kind once", () => {
  const visits = visitsOf([
    due(1, 8, { reads: ["profile", "registers"] }),
    due(2, 8, { priority: 7, reads: ["registers", "clock"], attempts: 2 }),
    due(3, 9, { priority: 6 }),
  ]);
  assert.deepEqual(visits, [
    { meter: 8, site: 8, priority: 7, retry: false, reads: ["registers", "profile", "clock"], campaigns: [2, 1] },
    { meter: 9, site: 9, priority: 6, retry: false, reads: ["registers"], campaigns: [3] },
  ]);
});

test("a visit is a retry if nothing in it is tried for the first time, and comes after the others of its priority", () => {
  const visits = visitsOf([due(1, 1, { attempts: 1 }), due(1, 2), due(1, 3, { attempts: 4 })]);
  assert.deepEqual(
    visits.map(({ meter, retry }) => [meter, retry]),
    [
      [2, false],
      [1, true],
      [3, true],
    ],
  );
});

test("nothing due is no visit", () => {
  assert.deepEqual(visitsOf([]), []);
});
