import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { chartTiles, overviewTiles, priceTiles } from "./wanted-tiles.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const now = calendar.at(2026, 3, 10) + 43_200_000;
const wanting = { calendar, now, first: calendar.at(2026, 1, 20), hasPrices: true };
const chart = { ...wanting, what: "energy", level: "interval", step: 300, others: null } as const;
const dayOf = (day: number) => ({ from: calendar.at(2026, 3, day), to: calendar.at(2026, 3, day + 1) });
const kinds = (keys: readonly string[]): string[] => [...new Set(keys.map((key) => key.split(":")[0] ?? ""))];

test("the overview needs a few sums, and costs only where there are prices", () => {
  assert.deepEqual(kinds(overviewTiles(wanting)), ["days", "months", "years", "costs-days"]);
  assert.deepEqual(kinds(overviewTiles({ ...wanting, hasPrices: false })), ["days", "months", "years"]);
  assert.deepEqual(priceTiles({ ...wanting, hasPrices: false }), []);
});

test("on New Year's Day, yesterday is a day of the year before", () => {
  const keys = overviewTiles({ ...wanting, now: calendar.at(2027, 1, 1) + 1 });
  assert.deepEqual(
    keys.filter((key) => key.startsWith("days")),
    ["days:2026", "days:2027"],
  );
});

test("costs are asked for by months, the newest first, and none before the first value or after now", () => {
  const months = [1, 2, 3].map((month) => `costs-days:${12 * 2026 + month - 1}`);
  assert.deepEqual(priceTiles(wanting), months.toReversed());
  const year = { from: calendar.at(2020, 1), to: calendar.at(2027, 1) };
  const costs = chartTiles({ ...chart, level: "year" }, year).filter((key) => key.startsWith("costs"));
  assert.deepEqual(costs, months);
});

test("a chart needs what is in sight first, and nothing twice", () => {
  const keys = chartTiles(chart, dayOf(5));
  assert.equal(keys[0]?.split(":")[0], "intervals");
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(kinds(keys), ["intervals", "costs-intervals", "costs-days"]);
  assert.deepEqual(kinds(chartTiles({ ...chart, what: "power" }, dayOf(5))), [
    "power-300",
    "intervals",
    "costs-intervals",
    "costs-days",
  ]);
});

test("what is compared is loaded, too", () => {
  const alone = chartTiles(chart, dayOf(5));
  const compared = chartTiles(
    { ...chart, others: { from: calendar.at(2026, 2, 1), to: calendar.at(2026, 2, 2) } },
    dayOf(5),
  );
  assert.equal(compared.length, alone.length + 1);
});
