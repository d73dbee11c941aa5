import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { dayBounds, localDate, localMillis, monthBounds, startOfDay, utcOfLocal } from "./local-calendar.ts";

const hour = 3_600_000;
const zones = ["Europe/Copenhagen", "UTC", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"];

const hoursOf = (bounds: readonly number[]): number[] =>
  bounds.slice(1).map((to, i) => (to - (bounds[i] as number)) / hour);

test("a day has 23 hours when summer time begins, 25 when it ends, and 24 between", () => {
  const zone = "Europe/Copenhagen";
  assert.deepEqual(hoursOf(dayBounds(zone, Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 30, 12))), [24, 23, 24]);
  assert.deepEqual(hoursOf(dayBounds(zone, Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 26, 12))), [24, 25, 24]);
});

test("a day begins when clocks skip its midnight, and at the first of two midnights", () => {
  // Clocks went from 00:00 to 01:00 on 2018-11-04, and back from 01:00 to 00:00 on 2026-11-01.
  assert.equal(startOfDay("America/Sao_Paulo", Date.UTC(2018, 10, 4, 15)), Date.UTC(2018, 10, 4, 3));
  assert.equal(startOfDay("America/Havana", Date.UTC(2026, 10, 1, 15)), Date.UTC(2026, 10, 1, 4));
});

test("a day that a zone skipped is not among the days", () => {
  // Samoa went from 29 to 31 December 2011.
  const bounds = dayBounds("Pacific/Apia", Date.UTC(2011, 11, 29, 20), Date.UTC(2011, 11, 31, 20));
  assert.deepEqual(
    bounds.map((time) => localDate("Pacific/Apia", time)),
    ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"].slice(0, bounds.length),
  );
});

test("months begin at local midnights, and have as many hours as their days", () => {
  const bounds = monthBounds("Europe/Copenhagen", Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1) - 2 * hour);
  assert.deepEqual(hoursOf(bounds), [744, 672, 743, 720, 744, 720, 744, 744, 720, 745, 720, 744]);
});

test("an empty range has no bounds, and a boundless one is refused with what to do", () => {
  assert.deepEqual(dayBounds("UTC", 5, 5), []);
  assert.throws(() => dayBounds("UTC", 0, Date.UTC(2026, 0, 1)), /20454 days, more than 3700: ask for a shorter one/);
  assert.throws(() => dayBounds("Europe/Atlantis", 0, 1), UsageError);
});

test("a local time becomes UTC: the first of two moments, and a sensible one if it was skipped", () => {
  const zone = "Europe/Copenhagen";
  assert.equal(utcOfLocal(zone, Date.UTC(2026, 9, 25, 2, 30)), Date.UTC(2026, 9, 25, 0, 30));
  assert.equal(utcOfLocal(zone, Date.UTC(2026, 2, 29, 2, 30)), Date.UTC(2026, 2, 29, 1, 30));
  assert.equal(utcOfLocal(zone, Date.UTC(2026, 0, 1)), Date.UTC(2025, 11, 31, 23));
});

test("property: the bounds of days enclose the range, ascend, and each one begins a local date", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2030, 0) }),
      fc.integer({ min: 1, max: 5 * 24 * hour }),
      (zone, from, length) => {
        const bounds = dayBounds(zone, from, from + length);
        assert.ok((bounds[0] ?? from + 1) <= from && (bounds.at(-1) ?? from) >= from + length);
        for (const bound of bounds) {
          assert.notEqual(localDate(zone, bound), localDate(zone, bound - 1));
          assert.ok(localMillis(zone, bound) % (24 * hour) <= hour);
        }
        assert.deepEqual(
          bounds,
          [...bounds].sort((a, b) => a - b),
        );
      },
    ),
  );
});
