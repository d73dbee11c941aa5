import assert from "node:assert/strict";
import { test } from "node:test";
import { MEASURED_KEYS, type Reading } from "../../state/api-answers.ts";
import { emptySeries, type Series, withReading } from "../../state/series.ts";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { dayStartOf, energyToday, liveToday } from "./energy-today.ts";

const calendar = new ZoneCalendar("UTC");
const hour = 3600;
const midnight = Date.UTC(2026, 0, 1) / 1000;
const today = {
  ...{ from: midnight * 1000, to: (midnight + 24 * hour) * 1000, zone: "UTC", wh: null, seconds: 0, exported: [] },
  imported: Array.from({ length: 8 }, (_, n) => ({ end: (midnight + (n + 1) * 900) * 1000, seconds: 900, wh: 10 })),
};
const at = (second: number, wh: number): Reading => ({
  time: second * 1000,
  values: {
    ...(Object.fromEntries(MEASURED_KEYS.map((key) => [key, null])) as Reading["values"]),
    energy_import_wh: wh,
  },
});
const seriesOf = (...readings: readonly Reading[]): Series =>
  readings.reduce<Series>((series, reading) => withReading(series, reading), emptySeries(300, 25 * hour));
const second = midnight + 2 * hour;

test("the registers count, as long as the one of the day's start is known", () => {
  const series = seriesOf(at(midnight - 10, 1000), at(second - 10, 1070));
  assert.deepEqual(energyToday([series], "importWh", { today, latest: 1075, second, calendar }), {
    ...{ wh: 75, since: midnight, complete: true },
  });
});

test("the intervals count where the registers began later, and the registers where the intervals have a hole", () => {
  const series = seriesOf(at(second - 600, 1060), at(second - 10, 1070));
  const known = { today, latest: 1075, second, calendar };
  assert.deepEqual(energyToday([series], "importWh", known), { wh: 80, since: midnight, complete: true });
  const holed = { ...today, imported: today.imported.slice(4) };
  assert.equal(energyToday([series], "importWh", { ...known, today: holed })?.complete, false);
  assert.equal(energyToday([series], "importWh", { ...known, today: null })?.complete, false);
});

test("an answer of yesterday does not say when today began", () => {
  assert.equal(dayStartOf({ today, second, calendar }), midnight);
  assert.notEqual(dayStartOf({ today, second: second + 25 * hour, calendar }), midnight);
});

test("the live energy of today is unknown unless the registers reach back to its start", () => {
  const whole = seriesOf(at(midnight - 10, 1000), at(second - 10, 1070));
  const reading = at(second, 1075);
  assert.deepEqual(liveToday([whole], { today, second, reading, calendar }), { importWh: 75, exportWh: null });
  const late = seriesOf(at(second - 600, 1060));
  assert.equal(liveToday([late], { today, second, reading, calendar }).importWh, null);
});
