import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import {
  clamped,
  moved,
  type Period,
  periodAt,
  queryOf,
  recognised,
  SHORTEST,
  type Shown,
  shifted,
  shiftOf,
  shownOf,
  zoomed,
} from "./shown-range.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const now = Date.UTC(2026, 10, 29, 12);
const bounds = { first: calendar.at(2024, 1), now };
const hour = 3_600_000;
const dates = ({ from, to }: { from: number; to: number }): string[] => [calendar.date(from), calendar.date(to)];
const at = (period: Period, time = now): Shown => periodAt(calendar, period, time, bounds);

test("periods are whole ones of the local calendar", () => {
  assert.deepEqual(dates(at("day")), ["2026-11-29", "2026-11-30"]);
  assert.deepEqual(dates(at("week")), ["2026-11-23", "2026-11-30"]);
  assert.deepEqual(dates(at("month")), ["2026-11-01", "2026-12-01"]);
  assert.deepEqual(dates(at("year")), ["2026-01-01", "2027-01-01"]);
  assert.deepEqual(dates(at("all")), ["2024-01-01", "2027-01-01"]);
});

test("the next day after one of 25 hours is the next date", () => {
  const long = at("day", Date.UTC(2026, 9, 25, 12));
  assert.equal((long.to - long.from) / hour, 25);
  assert.deepEqual(dates(moved(calendar, long, 1, bounds)), ["2026-10-26", "2026-10-27"]);
  assert.deepEqual(dates(moved(calendar, long, -1, bounds)), ["2026-10-24", "2026-10-25"]);
  assert.deepEqual(moved(calendar, at("all"), 1, bounds), at("all"));
});

test("the address keeps what is shown", () => {
  const free: Shown = { period: "free", from: Date.UTC(2026, 4, 1, 6), to: Date.UTC(2026, 4, 3, 18) };
  for (const shown of [at("day"), at("week", Date.UTC(2026, 2, 29)), at("month"), at("year"), at("all"), free]) {
    const query = Object.fromEntries(
      Object.entries(queryOf(calendar, shown)).filter((entry) => entry[1] !== undefined),
    ) as Record<string, string>;
    assert.deepEqual(shownOf(calendar, query, bounds), shown, JSON.stringify(query));
  }
});

test("an address that means nothing shows today", () => {
  for (const query of [
    {},
    { by: "eternity" },
    { by: "day", at: "2026-02-31" },
    { from: "now", to: "then" },
    { from: "2026-05-02T00:00:00Z", to: "2026-05-01T00:00:00Z" },
  ] as Record<string, string>[])
    assert.deepEqual(shownOf(calendar, query, bounds), at("day"), JSON.stringify(query));
  assert.deepEqual(dates(shownOf(calendar, { by: "day", at: "9999-01-01" }, bounds)), ["2026-12-31", "2027-01-01"]);
  assert.deepEqual(dates(shownOf(calendar, { by: "day", at: "0001-01-01" }, bounds)), ["2000-01-01", "2000-01-02"]);
});

test("a range that was moved to a whole period is that period again", () => {
  const { from, to } = at("month", Date.UTC(2026, 1, 10));
  assert.equal(recognised(calendar, { from, to }, bounds).period, "month");
  assert.equal(recognised(calendar, { from: from + 1, to }, bounds).period, "free");
});

test("moving and zooming stay between the year 2000 and the end of this year", () => {
  assert.deepEqual(dates(clamped(calendar, { from: now, to: now + 4000 * 24 * hour }, now)).at(1), "2027-01-01");
  assert.deepEqual(dates(clamped(calendar, { from: -1e15, to: -1e15 + hour }, now)), ["2000-01-01", "2000-01-01"]);
  const small = zoomed(calendar, { from: now, to: now + hour }, 1e-9, now, now);
  assert.equal(small.to - small.from, SHORTEST);
  const half = zoomed(calendar, { from: now, to: now + 4 * hour }, 0.5, now + hour, now);
  assert.deepEqual(half, { from: now + hour / 2, to: now + 2.5 * hour });
});

test("compares with the same time of the local clock", () => {
  const noon = Date.UTC(2026, 9, 25, 11);
  assert.equal(
    new Date(shifted(calendar, noon, shiftOf(at("day", noon), "before") ?? {}) ?? 0).toISOString(),
    "2026-10-24T10:00:00.000Z",
  );
  assert.equal(
    new Date(shifted(calendar, noon, shiftOf(at("day", noon), "earlier") ?? {}) ?? 0).toISOString(),
    "2026-10-18T10:00:00.000Z",
  );
  assert.equal(
    calendar.date(shifted(calendar, calendar.at(2026, 11), shiftOf(at("month"), "earlier") ?? {}) ?? 0),
    "2025-11-01",
  );
  assert.equal(
    calendar.date(shifted(calendar, calendar.at(2026, 1), shiftOf(at("year"), "before") ?? {}) ?? 0),
    "2025-01-01",
  );
  assert.equal(shifted(calendar, calendar.at(2026, 10, 31), { months: 1 }), null, "September has no 31st");
  assert.equal(shiftOf(at("all"), "before"), null);
});
