import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../i18n/en.ts";
import { formatter } from "../i18n/format.ts";
import { ZoneCalendar } from "../state/zone-calendar.ts";
import { timeMark } from "./time-axis.ts";

test("a mark at midnight of the point names the day, and longer axes name days and months", () => {
  const calendar = new ZoneCalendar("Asia/Kolkata");
  const format = formatter(en, "en-GB", calendar.zone);
  const midnight = calendar.at(2026, 1, 5) / 1000;
  const hour = 3600;
  assert.equal(timeMark(format, calendar, midnight, 24 * hour), "Mon");
  assert.equal(timeMark(format, calendar, midnight + 6 * hour, 24 * hour), "06:00");
  assert.equal(timeMark(format, calendar, midnight, 7 * 24 * hour), "5 Jan");
  assert.equal(timeMark(format, calendar, midnight, 365 * 24 * hour), "Jan 2026");
});
