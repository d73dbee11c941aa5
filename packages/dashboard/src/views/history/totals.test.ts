import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { Bar } from "./bars.ts";
import { differenceOf, netOf, pairsOf, totalsOf, unpricedOf, within } from "./totals.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const hour = 3_600_000;
const bar = (from: number, imported: number | null, more: Partial<Bar> = {}): Bar => ({
  ...{
    from,
    to: from + hour,
    imported,
    exported: null,
    state: "measured",
    cost: null,
    partlyPriced: false,
    single: null,
  },
  ...more,
});

test("unknown values make no zero, and known ones are added up", () => {
  assert.deepEqual([totalsOf([]).imported, totalsOf([bar(0, null)]).net], [null, null]);
  const totals = totalsOf([
    bar(0, 5, { cost: 1 }),
    bar(hour, null, { state: "missing" }),
    bar(2 * hour, 7, { exported: 20, partlyPriced: true }),
  ]);
  assert.deepEqual(totals, {
    ...{ imported: 12, exported: 20, net: -8, cost: 1, partlyPriced: true },
    states: { measured: 2, missing: 1 },
  });
  assert.deepEqual([netOf({ imported: null, exported: 3 }), netOf({ imported: 3, exported: null })], [null, null]);
});

test("export for which nobody pays is no price that is missing", () => {
  const cost = (importWh: number, pricedWh: number, exportWh: number, allPricedWh: number) => ({
    ...{ from: 0, to: hour, cost: 1, importCost: 1, peaks: [] },
    ...{ importWh, pricedWh, energyWh: importWh + exportWh, allPricedWh },
  });
  assert.equal(unpricedOf([]), "nothing");
  assert.equal(unpricedOf([cost(100, 100, 20, 120), cost(100, 100, 0, 100)]), "nothing");
  assert.equal(unpricedOf([cost(100, 100, 20, 100), cost(0, 0, 30, 0)]), "export");
  assert.equal(unpricedOf([cost(100, 100, 20, 100), cost(0, 0, 30, 30)]), "some");
  assert.equal(unpricedOf([cost(100, 90, 20, 90)]), "some");
});

test("a range counts its whole bars only", () => {
  assert.deepEqual(
    within([bar(0, 1), bar(hour, 2), bar(2 * hour, 3)], { from: hour, to: 2.5 * hour }).map(({ imported }) => imported),
    [2],
  );
});

test("each bar is compared with the one at the same time of the local clock", () => {
  const [summer, winter] = [calendar.at(2026, 10, 24), calendar.at(2026, 10, 25)];
  const others = Array.from({ length: 24 }, (_, n) => bar(summer + n * hour, n));
  const bars = Array.from({ length: 25 }, (_, n) => bar(winter + n * hour, 100 + n));
  const pairs = pairsOf(calendar, bars, others, { days: 1 });
  // The hour from two to three comes twice.
  assert.deepEqual(pairs.map(({ other }) => other?.imported).slice(0, 6), [0, 1, 2, 2, 3, 4]);
  assert.equal(pairs.at(-1)?.other?.imported, 23);
});

test("days of 23, 24 and 25 hours are compared as wholes: no hour is left out or counted twice", () => {
  const day = (date: string, value: number, step: number): Bar[] => {
    const from = calendar.dayOf(date) as number;
    const length = (calendar.next("day", from) - from) / step;
    const share = (value * step) / hour;
    return Array.from({ length }, (_, n) => bar(from + n * step, share, { to: from + (n + 1) * step }));
  };
  const compared = (date: string, before: string) => {
    const [hours, quarters] = [hour, hour / 4].map((step) => {
      const pairs = pairsOf(calendar, day(date, 10, step), day(before, 100, step), { days: 1 });
      const { mine, earlier, whole } = differenceOf(pairs, calendar.at(2027, 1)) ?? {};
      return [mine, earlier, whole];
    });
    assert.deepEqual(quarters, hours, date);
    return hours;
  };
  assert.deepEqual(compared("2026-10-25", "2026-10-24"), [250, 2400, true]);
  assert.deepEqual(compared("2026-10-26", "2026-10-25"), [240, 2500, true]);
  assert.deepEqual(compared("2026-03-29", "2026-03-28"), [230, 2400, true]);
  assert.deepEqual(compared("2026-03-30", "2026-03-29"), [240, 2300, true]);
  const holes = pairsOf(
    calendar,
    [0, 1, 2, 3].map((n) => bar(n * hour, 1)),
    [bar(hour, 5), bar(2 * hour, null), bar(3 * hour, 7)],
    {},
  );
  assert.deepEqual(
    holes.map(({ earlier }) => earlier),
    [null, 5, null, 7],
  );
});

test("a difference counts only what both know and what is over", () => {
  const now = 10 * hour;
  const pair = (mine: Bar, earlier: number | null) => ({ bar: mine, other: null, earlier });
  const pairs = [
    pair(bar(0, 30), 20),
    pair(bar(hour, null), 1000),
    pair(bar(9.5 * hour, 7), 1000),
    pair(bar(2 * hour, 30), null),
  ];
  assert.deepEqual(differenceOf(pairs, now), { mine: 30, earlier: 20, percent: 50, whole: false });
  assert.deepEqual(differenceOf([pair(bar(0, 30), 0)], now), {
    mine: 30,
    earlier: 0,
    percent: null,
    whole: true,
  });
  assert.equal(differenceOf([], now), null);
});
