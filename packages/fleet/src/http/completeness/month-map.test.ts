import assert from "node:assert/strict";
import { test } from "node:test";
import { daysOfMonth, mapRow } from "./month-map.ts";

const day = (name: string, rank: string, gone = "") => ({ step: 3_600, phase: 0, day: name, rank, gone });
const full = "9".repeat(24);

test("days are those of the point's own zone, with 23 and 25 hours", () => {
  const bounds = daysOfMonth("Europe/Copenhagen", "2026-03");
  assert.equal(bounds.length, 32);
  const rows = Array.from({ length: 32 }, (_, n) =>
    day(new Date(Date.UTC(2026, 1, 28 + n)).toISOString().slice(0, 10), full),
  );
  // All that is missing is one hour of the 29th, which has 23.
  const holed = rows.map((row) => (row.day === "2026-03-29" ? { ...row, rank: `9990${full.slice(4)}` } : row));
  const { percent } = mapRow(holed, { bounds, begin: Date.UTC(2026, 1, 1), limit: Date.UTC(2026, 4, 1) });
  assert.deepEqual(percent.slice(0, 30), [...new Array(28).fill(100), Math.floor(2_200 / 23), 100]);
});

test("nothing is expected before the first value and after now, and nothing at all of a point without values", () => {
  const bounds = daysOfMonth("UTC", "2026-02");
  const rows = [day("2026-02-02", `${"0".repeat(12)}${"9".repeat(12)}`), day("2026-02-03", `9${"0".repeat(23)}`)];
  const options = { bounds, begin: Date.UTC(2026, 1, 2, 12), limit: Date.UTC(2026, 1, 3, 2) };
  assert.deepEqual(mapRow(rows, options).percent.slice(0, 4), [null, 100, 50, null]);
  assert.deepEqual(mapRow([], { ...options, begin: null }).percent, new Array(28).fill(null));
});

test("two channels that say the same count once, and what is gone is marked", () => {
  const bounds = daysOfMonth("UTC", "2026-02");
  const half = `${"9".repeat(12)}${"0".repeat(12)}`;
  const row = day("2026-02-01", half, `${"0".repeat(23)}1`);
  const { percent, gone } = mapRow([row, { ...row, gone: "" }], {
    ...{ bounds, begin: bounds[0] ?? 0, limit: Date.UTC(2026, 1, 2) },
  });
  assert.deepEqual([percent[0], gone], [50, [1]]);
});
