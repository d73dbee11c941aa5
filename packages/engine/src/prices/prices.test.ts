import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dayBounds, localDate } from "../calendar/local-calendar.ts";
import { costSum, highestPeaks, intervalCosts } from "./costs.ts";
import { covers, mergedPrices, type Price, priceAt, pricesFrom, quarter } from "./price.ts";
import { type PricePiece, pricePieces, type Tariff } from "./tariff.ts";
import { parseTimeRule, timePrice } from "./time-of-use.ts";

const zone = "Europe/Copenhagen";
const hour = 3_600_000;
const start = Date.UTC(2026, 7, 1, 10);

const tariff = (more: Partial<Tariff> = {}): Tariff => ({
  ...{ currency: "DKK", energy: { kind: "market" }, markupPercent: 0, additions: 0, gridTimes: [], taxPercent: 0 },
  ...{ feedIn: { kind: "none" }, ...more },
});

const hourly = (...values: readonly number[]): readonly Price[] =>
  values.map((value, n) => ({ start: start + n * hour, end: start + (n + 1) * hour, value }));

const lists = (market: readonly Price[], ...charges: readonly (readonly Price[])[]) => ({ market, charges });

describe("lists of prices", () => {
  test("a price holds until the next one, and a gap belongs to nobody", () => {
    const at = (n: number) => n * quarter;
    const found = pricesFrom([at(2), at(0), at(1), at(96), at(97)].map((time, n) => ({ start: time, value: n })));
    assert.deepEqual(
      found.map(({ start, end, value }) => [start / quarter, end / quarter, value]),
      [
        [0, 1, 1],
        [1, 2, 2],
        [2, 3, 0],
        [96, 97, 3],
        [97, 98, 4],
      ],
    );
    const shown = (...values: readonly (readonly [number, number | null])[]) =>
      pricesFrom(values.map(([n, value]) => ({ start: at(n), value }))).map(({ start, end }) => [
        start / quarter,
        end / quarter,
      ]);
    assert.deepEqual(
      shown([0, 1], [1, 1], [3, 1], [4, 1]),
      [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
      ],
      "a row is missing",
    );
    assert.deepEqual(
      shown([0, 1], [1, null], [2, 1], [3, 1]),
      [
        [0, 1],
        [2, 3],
        [3, 4],
      ],
      "a price is null",
    );
    assert.deepEqual(shown([0, 1], [4, 1], [8, 1], [9, 1], [10, 1]).at(1), [4, 8], "hours become quarters");
    assert.deepEqual(shown([0, 1], [4, 1], [8, 1], [9, 1], [10, 1]).at(2), [8, 9]);
    assert.deepEqual(pricesFrom([{ start: 0, value: 5 }]), [{ start: 0, end: hour, value: 5 }]);
    assert.deepEqual(pricesFrom([]), []);
  });

  test("newer prices replace older ones where both say something", () => {
    const older = hourly(1, 2, 3);
    const newer = [{ start: start + quarter, end: start + 3 * quarter, value: 9 }];
    const at = priceAt(mergedPrices(older, newer));
    assert.deepEqual(
      [0, 1, 2, 3, 4, 8, 12].map((n) => at(start + n * quarter)),
      [1, 9, 9, 1, 2, 3, null],
    );
  });

  test("a price is found at any moment, also before the one that was asked for last", () => {
    const at = priceAt(hourly(1, 2));
    assert.deepEqual([start + hour, start, start - 1, start + 2 * hour - 1, start + 2 * hour].map(at), [
      2,
      1,
      null,
      2,
      null,
    ]);
  });

  test("covers says whether a price is missing", () => {
    const prices = hourly(1, 2, 3);
    assert.equal(covers(prices, start, start + 3 * hour), true);
    assert.equal(covers(prices, start, start + 3 * hour + 1), false);
    assert.equal(covers([...prices.slice(0, 1), ...prices.slice(2)], start, start + 3 * hour), false);
    assert.equal(covers([], start, start + 1), false);
  });
});

describe("prices by the clock", () => {
  const at = (rules: readonly string[], time: number): number | null => timePrice(rules.map(parseTimeRule), zone, time);
  const rules = ["0.9 17:00-21:00 mon-fri oct-mar", "0.5 6-24", "0.2"];

  test("the first rule that holds counts", () => {
    assert.equal(at(rules, Date.UTC(2026, 0, 5, 16)), 0.9, "Monday in January, 17:00");
    assert.equal(at(rules, Date.UTC(2026, 0, 5, 20)), 0.5, "21:00 is no longer in it");
    assert.equal(at(rules, Date.UTC(2026, 0, 4, 16)), 0.5, "Sunday");
    assert.equal(at(rules, Date.UTC(2026, 6, 6, 15)), 0.5, "Monday in July, 17:00 summer time");
    assert.equal(at(rules, Date.UTC(2026, 6, 6, 1)), 0.2, "03:00");
    assert.equal(at(["1 6-7"], Date.UTC(2026, 6, 6, 1)), null);
  });

  test("a window over midnight belongs to the day on which it begins", () => {
    const night = ["1 22-6 fri", "2"];
    assert.equal(at(night, Date.UTC(2026, 6, 3, 21)), 1, "Friday 23:00");
    assert.equal(at(night, Date.UTC(2026, 6, 4, 3)), 1, "Saturday 05:00");
    assert.equal(at(night, Date.UTC(2026, 6, 4, 4)), 2, "Saturday 06:00");
    assert.equal(at(night, Date.UTC(2026, 6, 4, 21)), 2, "Saturday 23:00");
    assert.equal(at(night, Date.UTC(2026, 6, 3, 1)), 2, "Friday 03:00 belongs to Thursday");
  });

  test("what is not understood is one sentence with an example", () => {
    for (const text of ["", "cheap", "0.4 25-26", "0.4 7", "0.4 mon-funday", "0.4 1-2-3", "1e9", "0.4 8:60-9"])
      assert.throws(
        () => parseTimeRule(text),
        /^UsageError.*: write for example 0\.45 17:00-21:00 mon-fri oct-mar/s,
        text,
      );
    assert.throws(() => parseTimeRule("0.4 17:10-21:00"), /17:10-21:00, which does not begin and end with a quarter/);
    assert.deepEqual(parseTimeRule("0.4 17:15-21:45").minutes, [1_035, 1_305]);
  });
});

describe("what a kWh costs", () => {
  test("market, markup, charges and tax make the total", () => {
    const [piece] = pricePieces(
      tariff({
        markupPercent: 3,
        additions: 0.02,
        gridTimes: [parseTimeRule("0.1")],
        taxPercent: 25,
        feedIn: { kind: "market", fee: 0.01 },
      }),
      zone,
      { from: start, to: start + quarter },
      lists(hourly(0.4), hourly(0.05), hourly(0.06)),
    );
    const before = 0.4 * 1.03 + 0.02 + 0.1 + 0.05 + 0.06;
    assert.equal(piece?.energy, 0.4);
    assert.equal(piece?.total?.toFixed(12), (before * 1.25).toFixed(12));
    assert.equal(piece?.feedIn?.toFixed(12), "0.390000000000");
  });

  test("a charge or a price that is not known makes the total unknown, never less", () => {
    const range = { from: start, to: start + 2 * hour };
    const pieces = pricePieces(tariff({ additions: 1 }), zone, range, lists(hourly(0.4), hourly(0.1, 0.1)));
    assert.deepEqual([pieces.length, pieces[0]?.total, pieces[4]?.total, pieces[4]?.energy], [8, 1.5, null, null]);
    const [piece] = pricePieces(tariff(), zone, range, lists(hourly(0.4), []));
    assert.deepEqual([piece?.total, piece?.energy], [null, 0.4]);
  });

  test("prices below zero count, and a fixed price of what flows out needs no market", () => {
    const range = { from: start, to: start + quarter };
    const own = tariff({
      energy: { kind: "times", rules: [parseTimeRule("0.3")] },
      feedIn: { kind: "fixed", price: 0.08 },
    });
    assert.deepEqual(pricePieces(own, zone, range, lists([]))[0], {
      ...{ start, end: start + quarter, energy: 0.3, charges: 0, total: 0.3, feedIn: 0.08 },
    });
    assert.equal(pricePieces(tariff({ taxPercent: 25 }), zone, range, lists(hourly(-0.2)))[0]?.total, -0.25);
  });

  test("days have 92, 96 and 100 quarters", () => {
    const count = (day: number, month: number): number => {
      const [from = 0, to = 0] = dayBounds(zone, Date.UTC(2026, month, day, 12), Date.UTC(2026, month, day, 13));
      return pricePieces(tariff(), zone, { from, to }, lists([])).length;
    };
    assert.deepEqual([count(29, 2), count(28, 2), count(25, 9)], [92, 96, 100]);
  });
});

const energy = (n: number, value: number | null, seconds = 900) => ({ end: start + n * quarter, seconds, value });
const piecesOf = (...totals: readonly (number | null)[]): readonly PricePiece[] =>
  totals.map((total, n) => ({
    ...{ start: start + n * quarter, end: start + (n + 1) * quarter, energy: total, charges: 0, total },
    feedIn: total === null ? null : total / 2,
  }));

describe("what energy cost", () => {
  test("each interval costs the price of its own quarter", () => {
    const costs = intervalCosts([energy(1, 1_000), energy(2, 500)], piecesOf(0.4, 2), "import");
    assert.deepEqual(
      costs.map(({ price, cost }) => [price, cost]),
      [
        [0.4, 0.4],
        [2, 1],
      ],
    );
    assert.deepEqual(costSum(costs), { energy: 1_500, priced: 1_500, cost: 1.4, seconds: 1_800 });
  });

  test("an hour costs the mean of its quarters, and is unknown if one of them is", () => {
    const hourOf = (pieces: readonly PricePiece[]) => intervalCosts([energy(4, 1_000, 3_600)], pieces, "import")[0];
    assert.equal(hourOf(piecesOf(1, 2, 3, 4))?.price, 2.5);
    assert.equal(hourOf(piecesOf(1, 2, null, 4))?.cost, null);
    assert.equal(hourOf(piecesOf(1, 2, 3))?.cost, null);
    const late = intervalCosts([energy(1, 1_000), energy(2, 1_000)], piecesOf(1, 2).slice(1), "import");
    assert.deepEqual(
      late.map(({ price }) => price),
      [null, 2],
    );
  });

  test("unknown energy has no cost, and energy without a price is told", () => {
    const costs = intervalCosts([energy(1, null), energy(2, 1_000), energy(3, 2_000)], piecesOf(1, null, 3), "import");
    assert.deepEqual(costSum(costs), { energy: 3_000, priced: 2_000, cost: 6, seconds: 1_800 });
    assert.deepEqual(costSum([]), { energy: null, priced: 0, cost: null, seconds: 0 });
    const none = costSum(intervalCosts([energy(1, 1_000)], [], "import"));
    assert.deepEqual(none, { energy: 1_000, priced: 0, cost: null, seconds: 900 });
  });

  test("what flows out is paid for, and a price below zero costs", () => {
    const paid = intervalCosts([energy(1, 1_000), energy(2, 1_000)], piecesOf(0.4, -0.4), "export");
    assert.deepEqual(
      paid.map(({ cost }) => cost),
      [-0.2, 0.2],
    );
  });

  test("a corrected interval, or a corrected price, gives another cost", () => {
    const cost = (value: number, price: number) =>
      costSum(intervalCosts([energy(1, value)], piecesOf(price), "import")).cost;
    assert.deepEqual([cost(1_000, 1), cost(1_200, 1), cost(1_200, 2)], [1, 1.2, 2.4]);
  });
});

describe("peaks", () => {
  const day = (time: number): string => localDate(zone, time);

  test("the highest quarter of each day, the highest day first", () => {
    const next = 96;
    const found = highestPeaks(
      [
        energy(1, 500),
        energy(2, 900),
        energy(3, null),
        energy(next, 700),
        energy(2 * next, 800),
        energy(3 * next, 100),
      ],
      3,
      day,
    );
    assert.deepEqual(
      found.map(({ power, end }) => [power, (end - start) / quarter]),
      [
        [3_600, 2],
        [3_200, 2 * next],
        [2_800, next],
      ],
    );
  });

  test("shorter intervals make quarters if these are whole", () => {
    const five = (n: number, value: number) => ({ end: start + n * 300_000, seconds: 300, value });
    assert.deepEqual(highestPeaks([five(1, 100), five(2, 100), five(3, 100), five(4, 900)], 3, day), [
      { power: 1_200, end: start + quarter, seconds: 900 },
    ]);
  });

  test("the quarter that ends at midnight belongs to the day before", () => {
    const midnight = Date.UTC(2026, 7, 1, 22);
    const found = highestPeaks(
      [
        { end: midnight, seconds: 900, value: 100 },
        { end: midnight - quarter, seconds: 900, value: 200 },
      ],
      3,
      day,
    );
    assert.equal(found.length, 1);
  });
});
