import assert from "node:assert/strict";
import { test } from "node:test";
import {
  costOf,
  coveredUntil,
  dayOf,
  energyOfDay,
  hoursOf,
  intervalsOf,
  priceAt,
  pricedOf,
  pricesOf,
  withPresent,
} from "./day-answers.ts";

const hour = 3_600_000;
const iso = (time: number) => new Date(time).toISOString();
const midnight = Date.UTC(2026, 0, 1);

test("the newest day of the sums is today, and anything else is none", () => {
  const sums = [
    { from: iso(midnight - 24 * hour), to: iso(midnight), value: 9, seconds: 86_400 },
    { from: iso(midnight), to: iso(midnight + 24 * hour), value: null, seconds: 0 },
  ];
  assert.deepEqual(dayOf({ zone: "Europe/Oslo", sums }), {
    ...{ from: midnight, to: midnight + 24 * hour, zone: "Europe/Oslo", wh: null, seconds: 0 },
  });
  for (const wrong of [null, {}, { sums: [] }, { sums: [{ from: "x" }] }, { sums: [{ from: iso(9), to: iso(9) }] }])
    assert.equal(dayOf(wrong), null);
  // A day of a month would draw 720 hours.
  assert.equal(dayOf({ sums: [{ from: iso(0), to: iso(720 * hour) }] }), null);
});

test("intervals without a value are left out, so that unknown is never 0", () => {
  const entry = { end: iso(midnight), seconds: 900, value: 12 };
  const wrong = [{ ...entry, value: null }, { ...entry, seconds: 0 }, { ...entry, end: "soon" }, null, "text"];
  assert.deepEqual(intervalsOf({ intervals: [entry, ...wrong] }), [{ end: midnight, seconds: 900, wh: 12 }]);
  assert.equal(intervalsOf({ intervals: null }), null);
});

test("an hour has the intervals that end in it, up to its last moment", () => {
  const day = { from: midnight, to: midnight + 24 * hour, zone: null, wh: null, seconds: 0 };
  const at = (minutes: number, wh: number) => ({ end: midnight + minutes * 60_000, seconds: 900, wh });
  const hours = hoursOf(day, [at(15, 1), at(60, 2), at(75, 4)], [at(75, 8)]);
  assert.equal(hours.length, 24);
  assert.deepEqual(
    hours.slice(0, 3).map(({ importWh, exportWh }) => [importWh, exportWh]),
    [
      [3, null],
      [4, 8],
      [null, null],
    ],
  );
});

test("a day of the change to winter time has 25 hours, and that to summer time 23", () => {
  for (const hours of [23, 25]) {
    const day = { from: midnight, to: midnight + hours * hour, zone: null, wh: null, seconds: 0 };
    assert.equal(hoursOf(day, [], []).length, hours);
  }
});

test("a cost has its currency, and is unknown where nothing is priced", () => {
  const part = { energy_wh: 900, priced_wh: 600, seconds: 900, cost: 1.5 };
  const none = { energy_wh: null, priced_wh: 0, seconds: 0, cost: null };
  const answer = { currency: "DKK", problem: null, sums: [{ cost: 1.5, import: part, export: none }] };
  assert.deepEqual(costOf(answer), {
    ...{ currency: "DKK", cost: 1.5, problem: null },
    ...{ import: { wh: 900, pricedWh: 600, cost: 1.5 }, export: { wh: null, pricedWh: 0, cost: null } },
  });
  assert.equal(costOf({ ...answer, sums: [{}] })?.cost, null);
  for (const currency of [null, "kr", "<b>", "DKKK"]) assert.equal(costOf({ ...answer, currency }), null);
  assert.equal(costOf({ ...answer, sums: [] }), null);
});

test("a point has prices if it has their currency", () => {
  assert.equal(pricedOf({ id: "home", currency: "DKK" }), true);
  assert.equal(pricedOf({ id: "home", currency: null }), false);
  assert.equal(pricedOf({ id: "home" }), false);
  assert.equal(pricedOf("home"), null);
});

test("the present price is that of its quarter of an hour, and none outside", () => {
  const prices = pricesOf({
    currency: "EUR",
    market: { credit: "Energinet" },
    prices: [
      { start: iso(midnight), end: iso(midnight + hour), total: 0.31, feed_in: null },
      { start: iso(midnight + hour), end: iso(midnight + 2 * hour), total: null, feed_in: 0.08 },
      { start: "x" },
    ],
  });
  assert.equal(prices?.steps.length, 2);
  assert.equal(prices?.credit, "Energinet");
  assert.equal(priceAt(prices, midnight + hour - 1)?.total, 0.31);
  assert.deepEqual(priceAt(prices, midnight + hour), {
    ...{ start: midnight + hour, end: midnight + 2 * hour, total: null, feedIn: 0.08 },
  });
  assert.equal(priceAt(prices, midnight + 2 * hour), null);
  assert.equal(priceAt(null, midnight), null);
});

test("the intervals give the energy of the day only if they cover it", () => {
  const day = { from: midnight, to: midnight + 24 * hour, zone: null, wh: null, seconds: 0 };
  const quarters = Array.from({ length: 8 }, (_, n) => ({
    end: midnight + (n + 1) * (hour / 4),
    seconds: 900,
    wh: 10,
  }));
  assert.equal(energyOfDay(day, quarters, midnight + 2 * hour), 80);
  assert.equal(energyOfDay(day, quarters, midnight + 2.5 * hour), 80);
  assert.equal(energyOfDay(day, quarters, midnight + 2.6 * hour), null);
  assert.equal(energyOfDay(day, quarters.slice(4), midnight + 2 * hour), null);
  assert.equal(energyOfDay(day, [], midnight + 60_000), null);
});

test("the present hour has what flowed since the last interval, so that the hours add up to today", () => {
  const quarter = (n: number) => ({ end: midnight + n * (hour / 4), seconds: 900, wh: 10 });
  const imported = [1, 2, 3, 4, 5].map(quarter);
  const day = { from: midnight, to: midnight + 24 * hour, zone: null, wh: null, seconds: 0, imported, exported: [] };
  const hours = hoursOf(day, imported, []);
  const now = midnight + 1.4 * hour;
  const shown = withPresent(hours, day, { importWh: 53, exportWh: 0 }, now);
  assert.deepEqual(
    shown.slice(0, 3).map(({ importWh, exportWh }) => [importWh, exportWh]),
    [
      [40, null],
      [13, null],
      [null, null],
    ],
  );
  assert.equal(coveredUntil(day, imported), midnight + 1.25 * hour);
  const holed = { ...day, imported: imported.slice(1) };
  assert.equal(coveredUntil(day, holed.imported), null);
  assert.deepEqual(withPresent(hours, holed, { importWh: 53, exportWh: null }, now), hours);
  assert.deepEqual(withPresent(hours, day, { importWh: null, exportWh: null }, now), hours);
  assert.deepEqual(withPresent(hours, day, { importWh: 99, exportWh: null }, now + 2 * hour), hours);
});

test("the first quarter of an hour of a day has its energy too", () => {
  const day = {
    from: midnight,
    to: midnight + 24 * hour,
    zone: null,
    wh: null,
    seconds: 0,
    imported: [],
    exported: [],
  };
  const [first] = withPresent(hoursOf(day, [], []), day, { importWh: 7, exportWh: 0 }, midnight + 60_000);
  assert.deepEqual([first?.importWh, first?.exportWh], [7, 0]);
});
