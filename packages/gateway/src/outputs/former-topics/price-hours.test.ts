import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PriceNow } from "@meterport/engine/ports/output";
import { hoursAhead, momentText, priceHours } from "./price-hours.ts";

const begin = Date.UTC(2026, 7, 1, 10);
const quarter = 900_000;
/** Quarters from the begin on, each with its price. */
const quarters = (...prices: readonly (number | null)[]): readonly PriceNow[] =>
  prices.map((total, n) => ({
    ...{ currency: "DKK", start: begin + n * quarter, end: begin + (n + 1) * quarter },
    ...{ energy: null, total, feedIn: null },
  }));
const flat = (price: number | null): readonly (number | null)[] => [price, price, price, price];

describe("prices of the hours to come", () => {
  test("are the mean of the quarters of each hour, and unknown where one of them is", () => {
    const found = priceHours(quarters(0.1, 0.2, 0.3, 0.4, ...flat(2), 1, 1, 1, null), begin + 1_700_000);
    assert.equal(found?.hours.length, hoursAhead);
    assert.deepEqual(found?.hours.slice(0, 4), [0.25, 2, null, null]);
    assert.deepEqual([found?.currency, found?.min, found?.max], ["DKK", 0.25, 2]);
  });

  test("have a cheapest stretch only where each of its hours is known", () => {
    const prices = [5, 4, 1, 3, 3, null, 0.5, 9].flatMap(flat);
    const { cheapest } = priceHours(quarters(...prices), begin) ?? {};
    assert.deepEqual(
      [momentText(cheapest?.[1] ?? null), momentText(cheapest?.[3] ?? null), momentText(cheapest?.[6] ?? null)],
      ["2026-08-01T16:00:00Z", "2026-08-01T12:00:00Z", null],
    );
  });

  test("are nothing while nothing is known, and a price below 0 is one", () => {
    assert.equal(priceHours([], begin), undefined);
    assert.equal(priceHours(quarters(...flat(null)), begin), undefined);
    assert.deepEqual(priceHours(quarters(...flat(-0.02)), begin)?.min, -0.02);
  });
});
