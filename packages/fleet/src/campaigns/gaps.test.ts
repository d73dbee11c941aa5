import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnownDay } from "../books/known-day.ts";
import { type Expected, gapsOf } from "./gaps.ts";

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.UTC(2026, 9, 1);
const expected: Expected = { step: 900, phase: 0, since: begin, until: begin + 2 * day, keptAfter: begin };

const known = (date: string, rank: string, more: Partial<KnownDay> = {}): KnownDay => ({
  ...{ step: 900, phase: 0, day: date, rank: rank.padEnd(96, "9"), gone: "" },
  ...more,
});

test("what is absent and still in the meter is open, and what it has lost is gone", () => {
  const days = [known("2026-10-01", "0090"), known("2026-10-02", "9990")];
  assert.deepEqual(gapsOf(days, { ...expected, keptAfter: begin + 900_000 }), [
    { day: "2026-10-01", open: [1, 3], gone: [0] },
    { day: "2026-10-02", open: [3], gone: [] },
  ]);
});

test("what is gone or void is never asked for again", () => {
  const days = [known("2026-10-01", "00v0", { gone: "1100".padEnd(96, "0") }), known("2026-10-02", "")];
  assert.deepEqual(gapsOf(days, expected), [{ day: "2026-10-01", open: [3], gone: [] }]);
});

test("a day without a row is absent whole, from the first moment until the last that is due", () => {
  const found = gapsOf([], { ...expected, since: begin + hour, until: begin + day + hour });
  assert.deepEqual(
    found.map(({ day: date, open }) => [date, open[0], open.length]),
    [
      ["2026-10-01", 4, 92],
      ["2026-10-02", 0, 4],
    ],
  );
});

test("a longer interval covers the slots within it, and shorter ones cover a slot together", () => {
  const hours = known("2026-10-01", "", { step: 3_600, rank: "9".padEnd(24, "0") });
  const [first] = gapsOf([hours, known("2026-10-01", "00000")], { ...expected, until: begin + day });
  assert.deepEqual(first?.open, [4]);
  const quarters = known("2026-10-01", "99990999");
  const wide = { ...expected, step: 3_600, until: begin + 3 * hour };
  assert.deepEqual(gapsOf([quarters], wide), [{ day: "2026-10-01", open: [1], gone: [] }]);
});

test("the same channel in two decimal places is looked at as one", () => {
  const days = [known("2026-10-01", "90"), known("2026-10-01", "0", { rank: "09".padEnd(96, "0") })];
  assert.deepEqual(gapsOf(days, { ...expected, until: begin + day }), []);
});

test("days that begin late are looked at from their own beginning", () => {
  const late = { ...expected, step: 86_400, phase: 79_200, since: begin - 2 * hour, until: begin + 46 * hour };
  assert.deepEqual(gapsOf([known("2026-09-30", "", { step: 86_400, phase: 79_200, rank: "9" })], late), [
    { day: "2026-10-01", open: [0], gone: [] },
  ]);
});

test("a scan over more than ten years ends", () => {
  const found = gapsOf([], { ...expected, step: 86_400, since: 0, until: begin });
  assert.equal(found.length, 3_700);
});
