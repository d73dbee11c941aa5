import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { heatDays, heatOf, heatScale, heatSummary } from "./heat.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const hour = 3_600_000;
const noon = Date.UTC(2026, 5, 1);
const points = (from: number, powers: readonly (number | null)[]) =>
  powers.map((mean, n) => ({ time: from + n * hour, mean, min: null, max: null, recovered: false }));

test("a year has its 365 days with 24 hours of the local clock", () => {
  const days = heatDays(calendar, noon, points(calendar.at(2026, 7, 1), [10, 20]));
  assert.equal(days.length, 365);
  assert.ok(days.every(({ hours }) => hours.length === 24));
  assert.deepEqual(
    days[181]?.hours.slice(0, 3).map(({ power }) => power),
    [10, 20, null],
  );
});

test("the hour that clocks skip does not exist, and the one that comes twice has the mean", () => {
  const autumn = calendar.at(2026, 10, 25);
  const days = heatDays(calendar, noon, points(autumn, [1, 2, 100, 200, 5]));
  const day = days.find(({ from }) => from === autumn);
  assert.deepEqual(
    day?.hours.slice(0, 5).map(({ power }) => power),
    [1, 2, 150, 5, null],
  );
  const spring = days.find(({ from }) => from === calendar.at(2026, 3, 29));
  assert.deepEqual(
    spring?.hours.slice(1, 4).map(({ time }) => (time ?? Number.NaN) - spring.from),
    [hour, Number.NaN, 2 * hour],
  );
  // The clock shows four: five hours after the midnight of that day.
  const summary = heatSummary(heatDays(calendar, noon, points(autumn + 5 * hour, [7])), { from: 0, to: noon });
  assert.equal(summary?.highest.time, autumn + 5 * hour);
});

test("one extreme hour does not take all colours, and unknown hours count as unknown", () => {
  const days = heatDays(
    calendar,
    noon,
    points(calendar.at(2026, 1, 1), [...new Array(200).fill(500), 90_000, null, -300]),
  );
  const scale = heatScale(days);
  assert.equal(scale.most, 500);
  assert.deepEqual([heatOf(90_000, scale), heatOf(0, scale), heatOf(-1e9, scale)], [1, 0, -1]);
  const summary = heatSummary(days, { from: 0, to: calendar.at(2026, 1, 1) + 210 * hour });
  assert.deepEqual([summary?.highest.power, summary?.lowest.power, summary?.unknown], [90_000, -300, 7 + 1]);
  assert.equal(heatSummary(heatDays(calendar, noon, []), { from: 0, to: noon }), null);
});
