import assert from "node:assert/strict";
import { test } from "node:test";
import { type LocalOffset, parseQuiet } from "@meterport/engine/plan/quiet";
import fc from "fast-check";
import { mayRead, nextClosing, nextOpening } from "./windows.ts";

const hour = 3_600_000;
/** Denmark: an hour ahead, two from 2026-03-29T01:00Z to 2026-10-25T01:00Z. */
const danish: LocalOffset = (wall) =>
  wall >= Date.UTC(2026, 2, 29, 1) && wall < Date.UTC(2026, 9, 25, 1) ? 2 * hour : hour;

test("a campaign may read in its windows, which are times of the site", () => {
  const windows = parseQuiet("00:30-05:30, 13:00-14:00");
  assert.equal(mayRead(windows, Date.UTC(2026, 0, 15, 0), danish), true);
  assert.equal(mayRead(windows, Date.UTC(2026, 0, 15, 4, 30), danish), false);
  assert.equal(nextOpening(windows, Date.UTC(2026, 0, 15, 4, 30), danish), Date.UTC(2026, 0, 15, 12));
  assert.equal(nextClosing(windows, Date.UTC(2026, 0, 15, 12, 1), danish), Date.UTC(2026, 0, 15, 13));
});

test("without windows it may read at any time", () => {
  assert.equal(mayRead([], 5, danish), true);
  assert.equal(nextOpening([], 5, danish), 5);
  assert.equal(nextClosing([], 5, danish), undefined);
});

test("a window opens at its local time before and after the clocks change", () => {
  const windows = parseQuiet("04:00-05:00");
  assert.equal(nextOpening(windows, Date.UTC(2026, 2, 28, 12), danish), Date.UTC(2026, 2, 29, 2));
  assert.equal(nextOpening(windows, Date.UTC(2026, 9, 24, 12), danish), Date.UTC(2026, 9, 25, 3));
});

test("a window in the hour that is skipped in spring opens all the same", () => {
  const windows = parseQuiet("02:00-03:00");
  assert.equal(nextOpening(windows, Date.UTC(2026, 2, 28, 12), danish), Date.UTC(2026, 2, 29, 1));
});

test("the opening is the first moment of all that may be read, to the minute", () => {
  const window = fc
    .record({ from: fc.integer({ min: 0, max: 1439 }), to: fc.integer({ min: 0, max: 1439 }) })
    .filter(({ from, to }) => from !== to);
  fc.assert(
    fc.property(
      fc.array(window, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(Date.UTC(2026, 0, 15), Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 9, 24, 12)),
      fc.integer({ min: 0, max: 1439 }),
      (windows, day, minutes) => {
        const wall = day + minutes * 60_000;
        let expected = wall;
        while (!mayRead(windows, expected, danish)) expected += 60_000;
        assert.equal(nextOpening(windows, wall, danish), expected);
        const closing = nextClosing(windows, expected, danish);
        let end = expected;
        while (end < expected + 2 * 24 * hour && mayRead(windows, end, danish)) end += 60_000;
        if (closing !== undefined) assert.equal(closing, end);
      },
    ),
    { numRuns: 100 },
  );
});
