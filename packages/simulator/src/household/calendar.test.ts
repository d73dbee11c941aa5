import assert from "node:assert/strict";
import { test } from "node:test";
import { isWeekend, localDay, localSeconds, yearFraction } from "./calendar.ts";

test("local time agrees with the system's Copenhagen around each change of clocks, 2020 to 2037", () => {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Copenhagen", hour: "2-digit", hourCycle: "h23" });
  const changes: number[] = [];
  for (let year = 2020; year < 2038; year++) {
    for (const month of [2, 9]) for (let day = 22; day <= 31; day++) changes.push(Date.UTC(year, month, day, 1) / 1000);
  }
  for (const change of changes) {
    for (const unix of [change - 1, change]) {
      const ours = Math.floor((localSeconds(unix) % 86_400) / 3600);
      assert.equal(ours, Number(format.format(unix * 1000)), new Date(unix * 1000).toISOString());
    }
  }
});

test("weekends are Saturdays and Sundays", () => {
  const monday = localDay(Date.UTC(2025, 5, 16) / 1000);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((n) => isWeekend(monday + n)),
    [false, false, false, false, false, true, true],
  );
});

test("a year goes from 0 to 1 within a day of New Year", () => {
  for (const year of [1971, 2000, 2025, 2099]) {
    const start = yearFraction(Date.UTC(year, 0, 1) / 1000);
    assert.ok(Math.min(start, 1 - start) < 1.5 / 365, `${year}: ${start}`);
  }
});
