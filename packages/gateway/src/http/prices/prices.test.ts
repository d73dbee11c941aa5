import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import type { Interval } from "@meterport/engine/model/interval";
import { type Price, quarter } from "@meterport/engine/prices/price";
import { pricePieces, type Tariff } from "@meterport/engine/prices/tariff";
import { parseTimeRule } from "@meterport/engine/prices/time-of-use";
import { FakeView } from "@meterport/engine/testing/fake-view";
import type { PointPrices } from "../../prices/price-book.ts";
import { openHastyStore } from "../../stores/sqlite/hasty-store.test-kit.ts";
import type { PointInfo } from "../points/point-info.ts";
import { addPrices } from "./prices.ts";
import { costsAnswer, pricesAnswer } from "./routes.ts";

const zone = "Europe/Copenhagen";
const noon = Date.UTC(2026, 7, 5, 10);
const today = Date.UTC(2026, 7, 4, 22);
const day = 86_400_000;

const tariff: Tariff = {
  ...{ currency: "DKK", energy: { kind: "market" }, markupPercent: 0, additions: 0.1, gridTimes: [], taxPercent: 25 },
  feedIn: { kind: "market", fee: 0 },
};

/** A market with one price for each quarter until the end of today, which a test changes. */
const setup = async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-costs-"));
  const store = openHastyStore(folder, () => noon);
  const market: { price: number | null; until: number; tariff: Tariff } = { price: 0.3, until: today + day, tariff };
  const prices: PointPrices = {
    ...{ currency: "DKK", charges: ["5790000705689:DT_C_01"], problem: () => null },
    market: { source: "energi_data_service", area: "DK1", credit: "Energinet" },
    pieces: async (clock, range) => {
      const { price, until } = market;
      const list: Price[] = price === null ? [] : [{ start: 0, end: until, value: price }];
      return pricePieces(market.tariff, clock, range, { market: list, charges: [] });
    },
  };
  const app = new OpenAPIHono();
  const info = { zone, fuseAmps: null, ask: () => Promise.reject(new Error("unused")) } as unknown as PointInfo;
  const views = new Map([new FakeView("home"), new FakeView("shed")].map((view) => [view.id, view]));
  addPrices(app, {
    ...{ meters: views, store, wall: () => noon },
    pointInfo: (id) => (id === "home" ? { ...info, prices } : info),
  });
  const get = async (path: string) => {
    const answer = await app.request(path);
    return { status: answer.status, body: (await answer.json()) as never as Record<string, never> };
  };
  const costs = async (query: string) => {
    const { status, body } = await get(`/api/v1/points/home/costs?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return costsAnswer.strict().parse(body);
  };
  const keep = (intervals: readonly Partial<Interval>[]) =>
    store.write({
      intervals: intervals.map((each) => ({
        ...{ point: "home", channel: "energy_import_wh", end: noon, seconds: 900, value: 1_000, source: "difference" },
        ...{ quality: "good", flags: [], register: null, ...each },
      })) as readonly Interval[],
    });
  const done = async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { market, get, costs, keep, done };
};

const quarters = (from: number, to: number, more: Partial<Interval> = {}): readonly Partial<Interval>[] =>
  Array.from({ length: (to - from) / quarter }, (_, n) => ({ end: from + (n + 1) * quarter, ...more }));

test("prices are those of today and tomorrow, and what is not known is null", async () => {
  const { get, done } = await setup();
  const { status, body } = await get("/api/v1/points/home/prices");
  assert.equal(status, 200);
  const answer = pricesAnswer.strict().parse(body);
  assert.deepEqual([answer.prices.length, answer.currency, answer.zone], [192, "DKK", zone]);
  assert.deepEqual(answer.prices[0], {
    ...{ start: "2026-08-04T22:00:00.000Z", end: "2026-08-04T22:15:00.000Z" },
    ...{ energy: 0.3, charges: 0.1, total: 0.5, feed_in: 0.3 },
  });
  assert.deepEqual([answer.prices[96]?.total, answer.known_until], [null, "2026-08-05T22:00:00.000Z"]);
  assert.deepEqual(answer.market, { source: "energi_data_service", area: "DK1", credit: "Energinet" });
  await done();
});

test("a day has 92, 96 or 100 quarters, in prices and in costs", async () => {
  const { get, costs, keep, done } = await setup();
  for (const [month, date, count] of [
    [2, 29, 92],
    [2, 28, 96],
    [9, 25, 100],
  ] as const) {
    const [from = 0, to = 0] = dayBounds(zone, Date.UTC(2025, month, date, 12), Date.UTC(2025, month, date, 13));
    const shown = dayBounds(zone, Date.UTC(2026, month, date, 12), Date.UTC(2026, month, date, 13));
    const range = `from=${(shown[0] ?? 0) / 1000}&to=${(shown[1] ?? 0) / 1000}`;
    const { body } = await get(`/api/v1/points/home/prices?${range}`);
    assert.equal(pricesAnswer.parse(body).prices.length, count);
    assert.ok(to > from);
    await keep(quarters(shown[0] ?? 0, shown[1] ?? 0));
    if (month !== 2) continue;
    const { sums } = await costs(range);
    assert.deepEqual([sums?.length, sums?.[0]?.import.energy_wh, sums?.[0]?.cost], [1, 1_000 * count, 0.5 * count]);
  }
  await done();
});

test("each interval costs the price of its own time, and export is paid for", async () => {
  const { market, costs, keep, done } = await setup();
  market.tariff = {
    ...tariff,
    energy: { kind: "times", rules: [parseTimeRule("2 12-13"), parseTimeRule("1")] },
    additions: 0,
    taxPercent: 0,
  };
  await keep([{ end: noon - quarter }, { end: noon }, { end: noon + quarter, value: 500 }]);
  await keep([{ end: noon, channel: "energy_export_wh", value: 2_000 }]);
  const { intervals } = await costs(`sum=interval&from=${(noon - day) / 1000}&to=${(noon + quarter) / 1000}`);
  assert.deepEqual(
    intervals?.map(({ channel, energy_wh, price, cost }) => [channel, energy_wh, price, cost]),
    [
      ["energy_import_wh", 1_000, 1, 1],
      ["energy_import_wh", 1_000, 1, 1],
      ["energy_export_wh", 2_000, 0.3, -0.6],
      ["energy_import_wh", 500, 2, 1],
    ],
  );
  const { sums } = await costs(`from=${today / 1000}&to=${(today + day) / 1000}`);
  assert.deepEqual([sums?.[0]?.import.cost, sums?.[0]?.export.cost, sums?.[0]?.cost], [3, -0.6, 2.4]);
  await done();
});

test("a corrected interval and a corrected price count at once", async () => {
  const { market, costs, keep, done } = await setup();
  const cost = async () => (await costs(`from=${today / 1000}&to=${noon / 1000}`)).sums?.[0]?.cost;
  await keep([{ end: noon }]);
  assert.equal(await cost(), 0.5);
  await keep([{ end: noon, source: "profile", value: 1_200 }]);
  assert.equal(await cost(), 0.6);
  market.price = 0.7;
  assert.equal(await cost(), 1.2);
  await done();
});

test("energy without a price is told, and its cost is unknown, not 0", async () => {
  const { market, costs, keep, done } = await setup();
  market.until = noon - quarter;
  await keep([{ end: noon - quarter }, { end: noon }]);
  const { sums } = await costs(`from=${today / 1000}&to=${noon / 1000}`);
  assert.deepEqual(sums?.[0]?.import, { energy_wh: 2_000, priced_wh: 1_000, seconds: 1_800, cost: 0.5 });
  market.price = null;
  const none = await costs(`from=${today / 1000}&to=${noon / 1000}`);
  assert.deepEqual([none.sums?.[0]?.import.cost, none.sums?.[0]?.cost], [null, null]);
  await done();
});

test("a month has the highest quarters of three days", async () => {
  const { costs, keep, done } = await setup();
  const at = (n: number) => Date.UTC(2026, 6, n, 10);
  await keep([...[1, 2, 3, 4, 5].map((n) => ({ end: at(n), value: 100 * n })), { end: at(5) + quarter, value: 450 }]);
  const { sums } = await costs(`sum=month&from=${at(1) / 1000}&to=${at(2) / 1000}`);
  assert.deepEqual(
    sums?.[0]?.peaks.map(({ power_w, end }) => [power_w, end]),
    [
      [2_000, "2026-07-05T10:00:00.000Z"],
      [1_600, "2026-07-04T10:00:00.000Z"],
      [1_200, "2026-07-03T10:00:00.000Z"],
    ],
  );
  assert.deepEqual([sums?.[0]?.from, sums?.[0]?.to], ["2026-06-30T22:00:00.000Z", "2026-07-31T22:00:00.000Z"]);
  await done();
});

test("a year is added up by its months", async () => {
  const { costs, keep, done } = await setup();
  for (const month of [0, 3, 7]) await keep(quarters(Date.UTC(2026, month, 2), Date.UTC(2026, month, 3)));
  const { sums } = await costs("sum=year&from=2026-02-01T00:00:00Z&to=2026-08-05T00:00:00Z");
  assert.deepEqual([sums?.length, sums?.[0]?.import.energy_wh, sums?.[0]?.cost], [1, 288_000, 144]);
  await done();
});

test("what cannot be answered is one sentence", async () => {
  const { get, done } = await setup();
  const refusal = async (path: string) => {
    const { status, body } = await get(`/api/v1/points/${path}`);
    return `${status} ${body.error}: ${body.message}`;
  };
  assert.match(await refusal("nobody/prices"), /^404 no-such-point/);
  assert.match(await refusal("shed/costs"), /^404 no-prices: .*shed.* has no prices: add prices to this meter/);
  assert.match(await refusal("shed/prices"), /^404 no-prices/);
  assert.match(await refusal("home/prices?from=0&to=1785000000"), /^400 bad-request: the range has more than 32 days/);
  assert.match(await refusal("home/prices?from=1000&to=10"), /must be before to/);
  assert.match(await refusal("home/costs?sum=interval&from=0"), /more than 8 days of intervals/);
  assert.match(await refusal("home/costs?sum=month&from=0"), /more than 36 months/);
  assert.match(await refusal("home/costs?sum=hour").catch(() => "none"), /none|400/);
  await done();
});
