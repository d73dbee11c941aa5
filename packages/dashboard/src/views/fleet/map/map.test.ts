import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, countsOf } from "./cells.ts";
import { daysIn, isMonth, middleOf, monthAfter, monthOf } from "./months.ts";

test("months follow each other over the turn of the year, and have their own number of days", () => {
  assert.equal(monthAfter("2026-12", 1), "2027-01");
  assert.equal(monthAfter("2027-01", -1), "2026-12");
  assert.equal(monthAfter("2026-03", -14), "2025-01");
  assert.deepEqual(["2026-02", "2028-02", "2026-11", "2026-12"].map(daysIn), [28, 29, 30, 31]);
  assert.equal(monthOf(Date.parse("2026-11-30T23:59:59Z")), "2026-11");
  assert.equal(new Date(middleOf("2026-02")).toISOString(), "2026-02-15T12:00:00.000Z");
  for (const odd of [undefined, "", "2026-13", "2026-00", "26-01", "2026-1", "2026-011"])
    assert.equal(isMonth(odd), false);
  assert.equal(isMonth("2026-10"), true);
});

test("a day that lost something for ever says so first, and nothing is rounded up", () => {
  const row = { point: "a", name: "a", site: null, percent: [100, 99, 0, null, 50], gone: new Set([5]) };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((day) => cellOf(row, day)),
    ["full", "part", "none", "open", "gone", "open"],
  );
  assert.deepEqual(countsOf(row), { full: 1, expected: 4 });
});
