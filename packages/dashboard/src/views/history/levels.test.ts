import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { bounds, energyLevel, powerStep, snapped, tileSpan, tilesOf } from "./levels.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const hour = 3_600_000;
const day = 24 * hour;
const quarter = hour / 4;

test("a day is shown by its intervals, a week by hours, a month by days, a year by months, a decade by years", () => {
  const levels = [1, 7, 31, 365, 3650].map((days) => energyLevel({ from: 0, to: days * day }));
  assert.deepEqual(levels, ["interval", "hour", "day", "month", "year"]);
});

test("power has the finest steps that fit, that are stored, and that are not finer than the readings", () => {
  const now = 1000 * day;
  const step = (length: number, age = 0, poll = 2000) =>
    powerStep({ from: now - age - length, to: now - age }, now, poll);
  assert.deepEqual([step(hour), step(day), step(30 * day), step(3650 * day)], [10, 300, 3600, 86_400]);
  assert.equal(step(hour, 0, 60_000), 300);
  assert.equal(step(hour, 100 * day), 60);
});

test("the tiles of each kind are whole, follow each other, and hold their moments", () => {
  const time = Date.UTC(2026, 9, 25, 0, 30);
  for (const kind of [
    "intervals",
    "days",
    "months",
    "years",
    "costs-intervals",
    "costs-days",
    "power-10",
    "power-3600",
  ] as const) {
    const [key, ...others] = tilesOf(calendar, kind, { from: time, to: time + 1 });
    assert.ok(key !== undefined && others.length === 0);
    const span = tileSpan(calendar, key);
    assert.ok(span.from <= time && span.to > time, kind);
    const [, second] = tilesOf(calendar, kind, { from: span.from, to: span.to + 1 });
    assert.equal(second === undefined ? undefined : tileSpan(calendar, second).from, span.to, kind);
  }
  assert.deepEqual(tileSpan(calendar, "costs-days:24322"), { from: calendar.at(2026, 11), to: calendar.at(2026, 12) });
  assert.deepEqual(tilesOf(calendar, "days", { from: 5, to: 5 }), []);
});

test("a day of 25 hours has 100 quarters and 25 hours, one of 23 has 92 and 23", () => {
  for (const [date, hours] of [
    [Date.UTC(2026, 9, 25, 12), 25],
    [Date.UTC(2026, 2, 29, 12), 23],
  ] as const) {
    const span = { from: calendar.start("day", date), to: calendar.next("day", date) };
    assert.equal(bounds(calendar, "interval", span, quarter).length - 1, 4 * hours);
    assert.equal(bounds(calendar, "hour", span, quarter).length - 1, hours);
  }
});

test("hours begin when the local clock says so, where zones are not whole hours from UTC", () => {
  const kathmandu = new ZoneCalendar("Asia/Kathmandu");
  const start = kathmandu.start("day", Date.UTC(2026, 5, 1, 12));
  assert.equal(bounds(kathmandu, "hour", { from: start, to: start + day }, quarter)[0], start);
});

test("a range is cut at the nearest bars, and keeps at least one", () => {
  const start = calendar.at(2026, 5);
  assert.deepEqual(snapped(calendar, "month", { from: start + 3 * day, to: start + 50 * day }, quarter), {
    from: start,
    to: calendar.at(2026, 7),
  });
  assert.deepEqual(snapped(calendar, "day", { from: start + hour, to: start + 2 * hour }, quarter), {
    from: start,
    to: start + day,
  });
});
