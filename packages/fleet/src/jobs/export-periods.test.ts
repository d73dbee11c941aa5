import assert from "node:assert/strict";
import { test } from "node:test";
import { datesOf, dueAt, duePeriods, isPeriod } from "./export-periods.ts";

const zone = "Europe/Copenhagen";

test("a day is due at its time by the clock of the export's zone, also when clocks change", () => {
  const daily = { every: "day", minute: 270 } as const;
  const at = (time: number, most = 2) => duePeriods(daily, zone, { now: time, since: 0, most });
  assert.deepEqual(at(Date.UTC(2026, 2, 29, 2, 29)), ["2026-03-27", "2026-03-26"]);
  assert.deepEqual(at(Date.UTC(2026, 2, 29, 2, 30)), ["2026-03-28", "2026-03-27"]);
  assert.equal(dueAt("2026-10-24", daily, zone), Date.UTC(2026, 9, 25, 3, 30));
  assert.deepEqual(
    duePeriods(daily, zone, { now: Date.UTC(2026, 2, 29, 3), since: Date.UTC(2026, 2, 28, 12), most: 9 }),
    ["2026-03-28"],
  );
});

test("months are due days later, and a leap day is one of them", () => {
  const monthly = { every: "month", minute: 0, daysLater: 3 } as const;
  const at = (time: number) => duePeriods(monthly, "UTC", { now: time, since: 0, most: 2 });
  assert.deepEqual(at(Date.UTC(2026, 2, 3, 23)), ["2026-01", "2025-12"]);
  assert.deepEqual(at(Date.UTC(2026, 2, 4)), ["2026-02", "2026-01"]);
  assert.equal(datesOf("2028-02").length, 29);
  assert.deepEqual([datesOf("2026-03", 24).length, datesOf("2026-03", 24)[0]], [761, "2024-03-01"]);
  assert.deepEqual(datesOf("2026-03-29"), ["2026-03-29"]);
});

test("only what has the form of a schedule's periods is one", () => {
  assert.deepEqual(
    [
      isPeriod("2026-03-29", "day"),
      isPeriod("2026-03", "day"),
      isPeriod("2026-13", "month"),
      isPeriod("2026-03", "month"),
    ],
    [true, false, false, true],
  );
  const days = ["2026-02-28", "2026-02-29", "2026-02-31", "2026-04-31", "2028-02-29", "2026-00-10"];
  assert.deepEqual(
    days.filter((day) => isPeriod(day, "day")),
    ["2026-02-28", "2028-02-29"],
    "no day that is another one",
  );
});
