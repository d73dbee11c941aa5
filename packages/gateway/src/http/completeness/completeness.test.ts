import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { openHastyStore } from "../../stores/sqlite/hasty-store.test-kit.ts";
import { quarters } from "../../testing/filled-store.ts";
import { manyMeters } from "../../testing/many-meters.ts";
import type { ApiProblem } from "../api.ts";
import { completenessAnswer, overviewPage } from "./routes.ts";

const channel = "energy_import_wh";
const quarter = 900_000;
/** November 2026 in Copenhagen, and the noon in it that is now. */
const november = Date.UTC(2026, 9, 31, 23);
const december = Date.UTC(2026, 10, 30, 23);
const noon = Date.UTC(2026, 10, 29, 12);
const at = "/api/v1/completeness";

const setup = async (count: number, wall = noon) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-completeness-"));
  const clock = new VirtualClock({ wall });
  const store = openHastyStore(folder, clock.wall);
  const many = manyMeters(count, clock, store);
  return {
    ...many,
    store,
    clock,
    page: async (query: string) => overviewPage.strict().parse(await many.json(`${at}?${query}`)),
    done: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};

test("lists all points, the worst first, with gaps, sums and the newest interval", async () => {
  const { store, page, get, done } = await setup(5);
  const whole = quarters("m0000", channel, november - quarter, noon);
  const isLost = (n: number): boolean => (n > 10 && n <= 14) || n === 500;
  await store.write({ intervals: whole });
  await store.write({ intervals: whole.filter((_, n) => !isLost(n)).map((each) => ({ ...each, point: "m0001" })) });
  await store.write({
    intervals: whole.map((each, n) => ({ ...each, point: "m0002", value: n === 200 ? 101 : each.value })),
  });
  await store.write({ intervals: quarters("m0003", channel, noon - 4 * quarter, noon) });
  const { points, next, ...counts } = await page("period=2026-11");
  assert.deepEqual(counts, { channel, sort: "worst", total: 5, complete: 3, incomplete: 1, empty: 1 });
  assert.equal(next, null);
  assert.deepEqual(
    points.map(({ id, percent }) => [id, percent]),
    [
      ["m0004", 0],
      ["m0001", 99.81],
      ["m0000", 100],
      ["m0002", 100],
      ["m0003", 100],
    ],
  );
  const [empty, lost, equal, different, young] = points;
  assert.deepEqual([empty?.completeness, empty?.sums, empty?.newest], [null, null, null]);
  const { expected, present, open, gap_count, longest_gap_s, gaps } = lost?.completeness ?? {};
  assert.deepEqual([expected, present, open, gap_count, longest_gap_s], [2_740, 2_735, 5, 2, 3_600]);
  const gapAt = november - quarter + 11 * quarter;
  assert.equal(gaps?.[0]?.from, new Date(gapAt).toISOString());
  assert.equal(gaps?.[0]?.to, new Date(gapAt + 4 * quarter).toISOString());
  assert.deepEqual([lost?.sums?.verdict, lost?.sums?.reason], ["unknown", "incomplete"]);
  assert.deepEqual([equal?.sums?.verdict, equal?.sums?.difference], ["equal", 0]);
  assert.equal(equal?.sums?.to, new Date(noon - 13 * 3_600_000).toISOString(), "the day in progress is left out");
  assert.deepEqual([different?.sums?.verdict, different?.sums?.difference], ["different", 1]);
  assert.equal(equal?.newest, new Date(noon).toISOString());
  assert.deepEqual([young?.completeness?.expected, young?.sums], [4, null]);
  const two = await page("period=2026-11&point=m0001,m0004,m0001&sort=id");
  assert.deepEqual([two.total, two.incomplete, two.empty], [2, 1, 1]);
  assert.deepEqual(two.points, [lost, empty]);
  assert.equal((await get(`${at}?point=m0001,nobody`)).status, 404);
  await done();
});

test("pages of either order hold each point once, also below a limit", async () => {
  const { store, page, ids, done } = await setup(23);
  for (const [n, id] of ids.entries())
    await store.write({
      intervals: quarters(id, channel, december - 40 * quarter, december - 20 * quarter).slice(n % 4),
    });
  for (const sort of ["worst", "id"]) {
    const seen: string[] = [];
    for (let cursor = ""; ; ) {
      const { points, next } = await page(`period=2026-11-30&sort=${sort}&limit=4${cursor}`);
      seen.push(...points.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    assert.equal(seen.length, 23);
    assert.deepEqual([...seen].sort(), ids);
    if (sort === "id") assert.deepEqual(seen, ids);
  }
  const below = await page("period=2026-11&below=0");
  assert.deepEqual([below.points.length, below.total], [0, 23]);
  await done();
});

test("a period is that of each zone; one that is over, to come or wrong", async () => {
  const { store, page, json, get, done } = await setup(1);
  await store.write({ intervals: quarters("m0000", channel, november, november + 96 * quarter) });
  const [day] = (await page("period=2026-11-01")).points;
  assert.deepEqual([day?.from, day?.to, day?.percent], ["2026-10-31T23:00:00.000Z", "2026-11-01T23:00:00.000Z", 100]);
  assert.equal((await page("period=2026-12")).points[0]?.percent, null);
  assert.equal((await page("")).points[0]?.from, "2026-10-31T23:00:00.000Z");
  const summer = (await page("period=2026-10-25")).points[0];
  assert.equal(Date.parse(summer?.to ?? "") - Date.parse(summer?.from ?? ""), 25 * 3_600_000);
  const range = await page("from=2026-11-01T00:00:00Z&to=2026-11-01T01:00:00Z");
  assert.equal(range.points[0]?.completeness?.expected, 4);
  for (const query of [
    ...[
      "period=2026-13",
      "period=2026-02-30",
      "period=november",
      "period=2026-11&from=0",
      "to=0",
      "below=101",
      "form=1",
    ],
    ...["from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", "from=0", "cursor=x", "sort=best"],
  ]) {
    assert.equal((await get(`${at}?${query}`)).status, 400, query);
    assert.match((await json<ApiProblem>(`${at}?${query}`)).message, /^\S.{8,}[^.]$/);
  }
  await done();
});

test("the order is found once for several pages, and again when it is old", async () => {
  const { store, page, clock, done } = await setup(3);
  await page("limit=1");
  await store.write({ intervals: quarters("m0000", channel, noon - 8 * quarter, noon) });
  assert.equal((await page("limit=2")).empty, 3);
  await clock.advance(6_000);
  assert.equal((await page("limit=2")).empty, 2);
  await done();
});

test("the gaps of a point are listed by period, up to a limit", async () => {
  const { store, json, done } = await setup(1);
  const all = quarters("m0000", channel, november, noon);
  await store.write({ intervals: all.filter((_, n) => n % 50 !== 49) });
  const { periods } = completenessAnswer.strict().parse(await json("/api/v1/points/m0000/completeness"));
  const [month] = periods.filter(({ present }) => present > 0);
  assert.deepEqual([month?.gap_count, month?.gaps.length, month?.longest_gap_s], [54, 20, 900]);
  await done();
});
