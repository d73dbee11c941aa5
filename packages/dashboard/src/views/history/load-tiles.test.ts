import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsTo } from "../../state/requests.ts";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { costsOf, intervalsOf, pendingFromOf, pointOf, powerOf, registersOf, sumsOf } from "./history-answers.ts";
import type { TileKey } from "./levels.ts";
import { loadTile } from "./load-tiles.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const end = "2026-01-01T12:00:00.000Z";
const interval = { end, seconds: 900, value: 100, source: "profile", quality: "good", flags: [] };

/** Loads a tile from answers by the last part of the path. */
async function load(
  key: TileKey,
  answers: (what: string, query: URLSearchParams) => unknown,
  channels = ["energy_import_wh"],
) {
  const asked: URL[] = [];
  const requests = requestsTo(
    "http://gateway/",
    async (address) => {
      const url = new URL(String(address));
      asked.push(url);
      const answer = answers(url.pathname.split("/").at(-1) ?? "", url.searchParams);
      return answer instanceof Response ? answer : Response.json(answer);
    },
    () => 0,
  );
  const loaded = await loadTile({ requests, point: "my home", calendar, channels }, key, new AbortController().signal);
  return { loaded, asked };
}
const refusal = (status: number, error: string) => Response.json({ error, message: `because ${error}` }, { status });

test("a tile of intervals follows the pages, and asks for no channel of which nothing is stored", async () => {
  const { loaded, asked } = await load("intervals:5113", (what, query) => {
    if (what === "history")
      return {
        points: [
          { time: end, power_w: 1, recovered: true },
          { time: end, power_w: 2 },
        ],
      };
    return { intervals: [interval], next: query.has("cursor") ? null : "more" };
  });
  assert.ok(loaded.ok && loaded.data.kind === "intervals");
  assert.deepEqual([loaded.data.imported.length, loaded.data.exported.length, loaded.weight], [2, 0, 2]);
  assert.deepEqual([...loaded.data.recovered], [Date.parse(end)]);
  assert.equal(asked.length, 3);
  assert.ok(asked.every(({ pathname }) => pathname.startsWith("/api/v1/points/my%20home/")));
});

test("pages that never end are no trap", async () => {
  const { asked } = await load("intervals:5113", (what) =>
    what === "history" ? { points: [] } : { intervals: [], next: "again" },
  );
  assert.ok(asked.length < 20);
});

test("sums are those of the point's zone", async () => {
  const { loaded, asked } = await load("months:202", () => ({
    sums: [{ from: end, to: end, value: 5, seconds: 9, by_quality: { good: 1 }, by_source: null }],
  }));
  assert.ok(loaded.ok && loaded.data.kind === "sums");
  assert.deepEqual(loaded.data.imported[0]?.byQuality, { good: 1, partial: 0, suspect: 0, missing: 0 });
  const { searchParams } = asked[0] ?? assert.fail();
  assert.deepEqual(
    [searchParams.get("sum"), searchParams.get("zone"), searchParams.get("from")],
    ["month", "Europe/Copenhagen", "2019-12-31T23:00:00.000Z"],
  );
});

test("a point without prices has no costs, which is no failure", async () => {
  const { loaded } = await load("costs-days:24322", () => refusal(404, "no-prices"));
  assert.ok(loaded.ok && loaded.data.kind === "costs" && loaded.data.currency === null);
});

test("a failure keeps the gateway's sentence", async () => {
  for (const key of ["intervals:1", "days:2026", "power-60:5", "costs-days:24322"] as const) {
    const { loaded } = await load(key, () => refusal(503, "store"));
    assert.deepEqual(loaded, { ok: false, failure: { status: 503, code: "store", message: "because store" } });
  }
  const { loaded } = await load("power-60:5", () => ({ nothing: "known" }));
  assert.ok(!loaded.ok && loaded.failure.code === "unreachable");
});

test("answers of an older or newer gateway make no error", () => {
  for (const parse of [intervalsOf, sumsOf, powerOf, costsOf, registersOf, pointOf])
    for (const data of [null, 5, "text", [], {}, { intervals: 1, sums: {}, points: null, registers: "no" }])
      assert.doesNotThrow(() => parse(data));
  const odd = intervalsOf({
    intervals: [
      interval,
      null,
      {},
      { ...interval, seconds: -1 },
      { ...interval, source: "oracle", quality: 7, flags: [1, "x"], value: "12" },
    ],
  });
  assert.deepEqual(
    odd?.intervals.map(({ value, source, quality, flags }) => [value, source, quality, flags.length]),
    [
      [100, "profile", "good", 0],
      [null, null, null, 1],
    ],
  );
  assert.deepEqual(pointOf({ zone: 5, channels: "all" }), { zone: "UTC", channels: [], poll: 2000, currency: null });
});

test("costs of single intervals and of sums read alike", () => {
  const single = { end, seconds: 900, channel: "energy_import_wh", energy_wh: 100, price: 2, cost: 0.2 };
  const answer = costsOf({
    currency: "DKK",
    problem: null,
    sums: null,
    intervals: [single, { ...single, cost: null, price: null }],
  });
  assert.deepEqual(
    answer?.costs.map(({ cost, energyWh, allPricedWh }) => [cost, energyWh, allPricedWh]),
    [
      [0.2, 100, 100],
      [null, 100, 0],
    ],
  );
  const part = { energy_wh: 10, priced_wh: 4, seconds: 1, cost: 1.5 };
  const sums = costsOf({
    currency: "EUR",
    sums: [{ from: end, to: end, import: part, export: part, cost: 3, peaks: [{ power_w: 5, end }] }],
  });
  assert.deepEqual([sums?.costs[0]?.energyWh, sums?.costs[0]?.allPricedWh, sums?.costs[0]?.cost], [20, 8, 3]);
});

test("what is pending begins that many intervals before now", () => {
  const now = Date.UTC(2026, 0, 1, 12, 7);
  assert.equal(pendingFromOf({ periods: [{ interval_s: 900, pending: 3 }] }, now), Date.UTC(2026, 0, 1, 11, 15));
  assert.equal(pendingFromOf({ periods: [] }, now), null);
});
