import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextRead, type Schedule } from "./schedule.ts";

const iso = (schedule: Schedule, after: string): string | undefined => {
  const due = nextRead(schedule, Date.parse(after));
  return due === undefined ? undefined : new Date(due).toISOString().slice(0, 16);
};

describe("the schedule of ET13", () => {
  test("hourly looks at the minute only, daily at hour and minute of the local clock", () => {
    assert.equal(iso([0, 0, 0, 0], "2026-03-01T10:00:00Z"), "2026-03-01T11:00");
    assert.equal(iso([9, 9, 15, 0], "2026-03-01T10:14:59Z"), "2026-03-01T10:15");
    assert.equal(iso([0, 6, 30, 1], "2026-01-01T00:00:00Z"), "2026-01-01T05:30");
    assert.equal(iso([0, 6, 30, 1], "2026-07-01T04:30:00Z"), "2026-07-02T04:30");
  });

  test("weekly takes 32 for Sunday to 38 for Saturday", () => {
    // 1 January 2026 was a Thursday.
    assert.equal(iso([32, 0, 0, 2], "2026-01-01T00:00:00Z"), "2026-01-03T23:00");
    assert.equal(iso([36, 12, 0, 2], "2026-01-01T00:00:00Z"), "2026-01-01T11:00");
    assert.equal(iso([38, 0, 0, 2], "2026-01-01T00:00:00Z"), "2026-01-02T23:00");
  });

  test("monthly takes 0 for the first day, and skips months that lack the day", () => {
    assert.equal(iso([0, 0, 0, 3], "2026-01-01T00:00:00Z"), "2026-01-31T23:00");
    assert.equal(iso([28, 0, 0, 3], "2026-01-31T00:00:00Z"), "2026-02-27T23:00");
    assert.equal(iso([31, 0, 0, 3], "2026-01-31T12:00:00Z"), "2026-03-30T22:00");
  });

  test("day 39 with frequency 2, frequency 4 and times that are none mean never", () => {
    assert.equal(iso([39, 0, 0, 2], "2026-01-01T00:00:00Z"), undefined);
    assert.equal(iso([0, 0, 0, 4], "2026-01-01T00:00:00Z"), undefined);
    assert.equal(iso([0, 24, 0, 1], "2026-01-01T00:00:00Z"), undefined);
  });

  test("summer time shifts a daily read by an hour of UTC", () => {
    assert.equal(iso([0, 12, 0, 1], "2026-03-28T12:00:00Z"), "2026-03-29T10:00");
    assert.equal(iso([0, 12, 0, 1], "2026-10-24T12:00:00Z"), "2026-10-25T11:00");
  });
});
