import assert from "node:assert/strict";
import { test } from "node:test";
import type { PricePiece } from "@meterport/engine/prices/tariff";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { CurrentPrices, type PricedPoint } from "./current-prices.ts";

const quarter = 900_000;
const start = Date.UTC(2026, 7, 5, 8);

const setup = () => {
  const clock = new VirtualClock({ wall: start });
  const market = { failing: false, price: 1 };
  const pieces = async (_: string, { from, to }: { readonly from: number; readonly to: number }) => {
    if (market.failing) throw new Error("no disk");
    const list: PricePiece[] = [];
    for (let at = Math.floor(from / quarter) * quarter; at < to; at += quarter)
      list.push({
        start: at,
        end: at + quarter,
        energy: market.price,
        charges: 0,
        total: (at - start) / quarter,
        feedIn: null,
      });
    return list;
  };
  const prices = { currency: "DKK", charges: [], problem: () => null, pieces };
  const points: PricedPoint[] = [
    { id: "home", zone: "UTC", prices },
    { id: "shed", zone: "UTC" },
  ];
  return { clock, market, points, current: new CurrentPrices({ clock, points: () => points }) };
};

test("a price is that of the present quarter, and changes with it", async () => {
  const { clock, current } = setup();
  assert.equal(current.now("home"), null);
  current.start();
  await clock.advance(1_000);
  assert.deepEqual(current.now("home"), {
    ...{ currency: "DKK", start, end: start + quarter, energy: 1, total: 0, feedIn: null },
  });
  await clock.advance(quarter);
  assert.equal(current.now("home")?.total, 1);
  assert.equal(current.now("shed"), null);
  assert.equal(current.now("nobody"), null);
  current.stop();
});

test("what fails leaves the prices that are known, until they are over", async () => {
  const { clock, market, current } = setup();
  current.start();
  await clock.advance(1_000);
  market.failing = true;
  await clock.advance(quarter);
  assert.equal(current.now("home")?.total, 1);
  await clock.advance(2 * quarter);
  assert.equal(current.now("home"), null);
  market.failing = false;
  await clock.advance(30_000);
  assert.equal(current.now("home")?.total, 3);
  current.stop();
});

test("a correction is seen soon, and a point that is gone has no price", async () => {
  const { clock, market, points, current } = setup();
  current.start();
  await clock.advance(1_000);
  market.price = 2;
  await clock.advance(30_000);
  assert.equal(current.now("home")?.energy, 2);
  points.splice(0);
  await clock.advance(30_000);
  assert.equal(current.now("home"), null);
  current.stop();
});
