import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../../state/zone-calendar.ts";
import { rangeStart, statesOf, usesOf } from "./child-history.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const hour = 3_600_000;
const now = calendar.at(2026, 3, 30) + 9 * hour;
const dates = (uses: ReturnType<typeof usesOf>) => uses.map(({ from, value }) => [calendar.date(from), value]);

test("a day is counted from its first read to the first one of the next, also when clocks change", () => {
  const states = [27, 28, 29, 30].map((day, n) => ({ time: calendar.at(2026, 3, day), value: 10 + n * n }));
  const uses = usesOf([...states, { time: now - hour, value: 21 }], { calendar, range: "month", now });
  assert.deepEqual(dates(uses), [
    ["2026-03-30", 2],
    ["2026-03-29", 5],
    ["2026-03-28", 3],
    ["2026-03-27", 1],
  ]);
  assert.deepEqual(
    uses.map(({ soFar }) => soFar),
    [true, false, false, false],
  );
});

test("a missing read, and a counter that fell, leave a day unknown", () => {
  const states = [
    { time: calendar.at(2026, 3, 26), value: 5 },
    { time: calendar.at(2026, 3, 28), value: 9 },
    { time: calendar.at(2026, 3, 29), value: 1 },
  ];
  assert.deepEqual(dates(usesOf(states, { calendar, range: "month", now })), [
    ["2026-03-30", null],
    ["2026-03-29", null],
    ["2026-03-28", null],
    ["2026-03-27", null],
    ["2026-03-26", null],
  ]);
  assert.deepEqual(usesOf([], { calendar, range: "month", now }), []);
});

test("a year has twelve months, however far back reads go", () => {
  const states = Array.from({ length: 30 }, (_, n) => ({ time: calendar.at(2024, 1 + n), value: n * 2 }));
  const uses = usesOf(states, { calendar, range: "year", now });
  assert.equal(uses.length, 12);
  assert.equal(uses.at(-1)?.from, rangeStart(calendar, "year", now));
  assert.deepEqual(dates(uses.slice(1, 2)), [["2026-02-01", 2]]);
});

test("rubbish is no page of states, and tariffs are not the sum", () => {
  const state = { register: "volume_m3", tier: 0, time: "2026-01-01T00:00:00Z", value: 5 };
  const page = statesOf({ registers: [state, { ...state, tier: 1 }, { ...state, value: "5" }, null], next: "abc" });
  assert.deepEqual(page, { states: [{ time: Date.UTC(2026, 0, 1), value: 5 }], next: "abc" });
  assert.equal(statesOf({ registers: 5 }), null);
});
