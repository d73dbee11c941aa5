import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "./zone-calendar.ts";

const hour = 3_600_000;
const iso = (time: number): string => new Date(time).toISOString();

test("a day has 23 hours when summer time begins and 25 when it ends, whatever zone the browser is in", () => {
  const calendar = new ZoneCalendar("Europe/Copenhagen");
  const hoursOf = (time: number): number => (calendar.next("day", time) - calendar.start("day", time)) / hour;
  assert.deepEqual(
    [Date.UTC(2026, 2, 29, 12), Date.UTC(2026, 9, 25, 12), Date.UTC(2026, 5, 1)].map(hoursOf),
    [23, 25, 24],
  );
  assert.equal(iso(calendar.start("day", Date.UTC(2026, 2, 29, 12))), "2026-03-28T23:00:00.000Z");
});

test("weeks begin on Monday, and months and years at local midnights", () => {
  const calendar = new ZoneCalendar("Europe/Copenhagen");
  const sunday = Date.UTC(2026, 10, 29, 12);
  assert.equal(iso(calendar.start("week", sunday)), "2026-11-22T23:00:00.000Z");
  assert.equal(iso(calendar.next("week", sunday)), "2026-11-29T23:00:00.000Z");
  assert.equal(iso(calendar.start("month", sunday)), "2026-10-31T23:00:00.000Z");
  assert.equal(iso(calendar.next("month", sunday, -1)), "2026-09-30T22:00:00.000Z");
  assert.equal(iso(calendar.start("year", sunday)), "2025-12-31T23:00:00.000Z");
  assert.equal(calendar.date(Date.UTC(2026, 10, 29, 23, 30)), "2026-11-30");
});

test("the first of two equal times is meant, and a skipped one has a sensible moment", () => {
  const calendar = new ZoneCalendar("Europe/Copenhagen");
  assert.equal(iso(calendar.utc(Date.UTC(2026, 9, 25, 2, 30))), "2026-10-25T00:30:00.000Z");
  assert.equal(iso(calendar.utc(Date.UTC(2026, 2, 29, 2, 30))), "2026-03-29T01:30:00.000Z");
  assert.equal(
    iso(new ZoneCalendar("America/Sao_Paulo").start("day", Date.UTC(2018, 10, 4, 15))),
    "2018-11-04T03:00:00.000Z",
  );
  assert.equal(
    iso(new ZoneCalendar("America/Havana").start("day", Date.UTC(2026, 10, 1, 15))),
    "2026-11-01T04:00:00.000Z",
  );
});

test("the offsets that it keeps are those of the zone at every hour of years", () => {
  for (const zone of ["Europe/Copenhagen", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]) {
    const calendar = new ZoneCalendar(zone);
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    for (let time = Date.UTC(2025, 0); time < Date.UTC(2026, 11); time += 7 * hour)
      assert.equal(
        new Date(calendar.local(time)).toISOString().slice(0, 19).replace("T", " "),
        format.format(time),
        zone,
      );
  }
});

test("reads dates, and refuses what is none", () => {
  const calendar = new ZoneCalendar("Europe/Copenhagen");
  assert.equal(calendar.dayOf("2026-11-29"), Date.UTC(2026, 10, 28, 23));
  for (const text of ["", "2026-02-30", "29.11.2026", "2026-11", "0000-00-00", "99999-01-01"])
    assert.equal(calendar.dayOf(text), null, text);
});

test("a zone that the browser does not know is UTC", () => {
  const calendar = new ZoneCalendar("Europe/Atlantis");
  assert.equal(calendar.zone, "UTC");
  assert.equal(calendar.offset(0), 0);
});
