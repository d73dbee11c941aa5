import assert from "node:assert/strict";
import { test } from "node:test";
import { runNote } from "@meterport/engine/backfill/profile-proof";
import { reading } from "@meterport/engine/testing/fake-meter";
import { fillStore, quarters } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { ApiProblem } from "../api.ts";
import { completenessAnswer } from "../completeness/routes.ts";
import { whyAnswer } from "../why/routes.ts";
import { intervalsAnswer, pointHistory, registersAnswer, seriesAnswer } from "./schemas.ts";
import { wholeMoments } from "./values.ts";

const zone = "Europe/Copenhagen";
const home = "/api/v1/points/home";

test("history on a grid, and by local days of 23, 24 and 25 hours", async () => {
  const { store, json, done } = await httpSetup();
  // One reading each hour, around the switch to summer time on 29 March 2026.
  const start = Date.UTC(2026, 2, 27, 23);
  await store.write({
    readings: Array.from({ length: 71 }, (_, n) => ({
      point: "home",
      reading: reading(start + n * 3_600_000, { power_w: n, energy_import_wh: 1_000 + n }),
    })),
  });
  const grid = pointHistory
    .strict()
    .parse(await json(`${home}/history?from=2026-03-28T00:00:00Z&to=2026-03-28T02:00:00Z&step=1h`));
  assert.deepEqual(
    grid.points.map(({ power_w }) => power_w),
    [1, 2],
  );
  const days = pointHistory.parse(
    await json(`${home}/history?resolution=day&zone=${zone}&from=2026-03-28T12:00:00Z&to=2026-03-30T12:00:00Z`),
  );
  assert.deepEqual(
    days.points.map(({ time, power_min_w, power_max_w, energy_import_wh }) => [
      time,
      power_min_w,
      power_max_w,
      energy_import_wh,
    ]),
    [
      ["2026-03-27T23:00:00.000Z", 0, 23, 1_023],
      ["2026-03-28T23:00:00.000Z", 24, 46, 1_046],
      ["2026-03-29T22:00:00.000Z", 47, 70, 1_070],
    ],
  );
  assert.equal(days.points[1]?.power_w, 35, "the mean of 23 hours");
  assert.deepEqual([days.to, days.zone, days.step], ["2026-03-30T22:00:00.000Z", zone, null]);
  const years = pointHistory.parse(
    await json(`${home}/history?resolution=year&zone=UTC&from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z`),
  );
  assert.equal(years.points.length, 1);
  assert.equal(years.points[0]?.power_w, 35);
  await done();
});

test("series of any live keys", async () => {
  const { store, clock, json, done } = await httpSetup();
  const now = clock.wall();
  await store.write({
    readings: [{ point: "home", reading: reading(now - 90_000, { voltage_l1_v: 230, power_l1_w: 5 }) }],
  });
  const answer = seriesAnswer
    .strict()
    .parse(await json(`${home}/series?keys=voltage_l1_v,power_l1_w&step=60&from=2026-01-01T11:58:00Z`));
  assert.deepEqual(answer.series.voltage_l1_v, { mean: [230, null], min: [230, null], max: [230, null] });
  assert.deepEqual(
    Object.keys(answer.series),
    ["power_l1_w", "voltage_l1_v"].filter((key) => key in answer.series),
  );
  await done();
});

test("intervals by pages, and their sums by local days", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const ends: string[] = [];
  let cursor: string | null = null;
  do {
    const page = intervalsAnswer
      .strict()
      .parse(await json(`${home}/intervals?limit=40${cursor === null ? "" : `&cursor=${cursor}`}`));
    ends.push(...(page.intervals ?? []).map(({ end }) => end));
    cursor = page.next;
  } while (cursor !== null);
  assert.equal(ends.length, 96);
  assert.equal(new Set(ends).size, 96);
  const sums = intervalsAnswer.parse(await json(`${home}/intervals?sum=day&zone=${zone}&from=2025-12-31T12:00:00Z`));
  assert.deepEqual(
    sums.sums?.map(({ from, value }) => [from, value]),
    [
      ["2025-12-30T23:00:00.000Z", 4_400],
      ["2025-12-31T23:00:00.000Z", 5_200],
    ],
  );
  assert.equal(sums.unit, "Wh");
  await done();
});

test("asked again without a range within a minute, the intervals are a 304", async () => {
  const { clock, store, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(1_000);
  const tag = (await get(`${home}/intervals`)).headers.get("etag") ?? "";
  const again = async () => (await get(`${home}/intervals`, { headers: { "if-none-match": tag } })).status;
  await clock.advance(50_000);
  assert.equal(await again(), 304);
  await clock.advance(10_000);
  assert.equal(await again(), 200);
  await done();
});

test("a channel that nobody stored has no intervals, and asking for it stores nothing", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  for (const path of ["intervals?channel=x1", "intervals?channel=x1&sum=month", "completeness?channel=x1"])
    await json(`${home}/${path}`);
  await store.write({ intervals: quarters("home", "x2", clock.wall() - 900_000, clock.wall()) });
  const rows = await store.channels("home");
  assert.deepEqual(rows, ["energy_import_wh", "x2"]);
  const answer = intervalsAnswer.parse(await json(`${home}/intervals?channel=x1&sum=month`));
  assert.ok(answer.sums?.every(({ value }) => value === null));
  await done();
});

test("registers by pages that end between two moments", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const first = registersAnswer.strict().parse(await json(`${home}/registers?limit=4`));
  assert.deepEqual(
    first.registers.map(({ tier }) => tier),
    [0, 1, 2],
  );
  const second = registersAnswer.parse(await json(`${home}/registers?limit=4&cursor=${first.next}`));
  assert.deepEqual([second.registers.length, second.next], [3, null]);
  const one = registersAnswer.parse(await json(`${home}/registers?limit=1`));
  assert.equal(one.registers.length, 3, "a moment is never cut");
  assert.deepEqual(wholeMoments([], 1), { shown: [], next: null });
  await done();
});

test("completeness of the months and days of a zone", async () => {
  const { clock, store, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const days = completenessAnswer
    .strict()
    .parse(await json(`${home}/completeness?resolution=day&zone=UTC&from=2025-12-30T00:00:00Z`));
  assert.deepEqual(
    days.periods.map(({ expected_s, present_s, percent }) => [expected_s, present_s, percent]),
    [
      [0, 0, null],
      [43_200, 43_200, 100],
      [43_200, 43_200, 100],
    ],
    "nothing is expected before the first interval",
  );
  await done();
});

test("tells the entry of the load profile, and the integers at both ends", async () => {
  const { clock, store, json, done } = await httpSetup();
  const end = clock.wall() - 900_000;
  const run = { block: 2, first: 7, last: 8, size: 10, end: end - 900_000, sources: [0, 1], unit: 10 } as const;
  const proof = {
    ...{ time: clock.wall(), table: "BT64", offset: 500, profile: "meter:3.70", clockOffset: 3, note: runNote(run) },
    raw: "000064000000c8000000".concat("0000670000002c010000"),
  };
  const interval = { point: "home", channel: "energy_export_wh", seconds: 900, source: "profile", proof } as const;
  const rest = { quality: "good", flags: [] } as const;
  await store.write({
    intervals: [
      { ...interval, ...rest, end: end - 900_000, value: 5, register: 2_000 },
      { ...interval, ...rest, end, value: 1_000, register: 3_000 },
    ],
  });
  const path = `${home}/why?channel=energy_export_wh&end=`;
  const why = whyAnswer.strict().parse(await json(`${path}${new Date(end).toISOString()}`));
  assert.deepEqual([why.proof?.offset, why.proof?.raw], [510, "0000670000002c010000"]);
  assert.deepEqual([why.profile?.source, why.profile?.scale, why.profile?.table], [1, 10, "BT64"]);
  const { begin, end: last } = why.profile ?? {};
  assert.deepEqual([begin?.entry, begin?.offset, begin?.value_offset, begin?.integer], [7, 500, 506, 200]);
  assert.deepEqual([last?.entry, last?.offset, last?.value_offset, last?.integer], [8, 510, 516, 300]);
  const first = whyAnswer.parse(await json(`${path}${new Date(end - 900_000).toISOString()}`));
  assert.equal(first.profile?.begin, null, "the entry before it is not kept");
  await done();
});

test("tells why an interval and a live value are what they are", async () => {
  const { clock, store, json, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(1_000);
  const why = whyAnswer.strict().parse(await json(`${home}/why?end=2026-01-01T12:00:00Z`));
  assert.deepEqual(
    [why.proof?.table, why.proof?.offset, why.proof?.raw, why.interval?.value],
    ["BT64", 48, "36010000", 100],
  );
  const live = whyAnswer.parse(await json(`${home}/why?value=live&key=power_w`));
  assert.deepEqual(
    [live.live?.number, live.live?.unit, live.live?.sources.map(({ sign, source }) => `${sign}${source}`)],
    [500, "W", ["+8", "-9"]],
  );
  assert.equal((await get(`${home}/why?end=2026-01-01T12:01:00Z`)).status, 404);
  await done();
});

test("tells the rule of an interval that is a difference, and the readings beside both ends", async () => {
  const { clock, store, json, done } = await httpSetup();
  const end = clock.wall() - 900_000;
  const begin = end - 900_000;
  const own = { point: "home", channel: "energy_import_wh", end, seconds: 900, source: "difference" } as const;
  await store.write({
    intervals: [{ ...own, value: 100, quality: "good", flags: [], register: 1_100 }],
    readings: [
      [begin - 8_000, 999],
      [begin - 2_000, 1_000],
      [begin + 3_000, 1_001],
      [end, 1_100],
      [end + 70_000, 1_108],
    ].map(([time = 0, energy_import_wh = 0]) => ({ point: "home", reading: reading(time, { energy_import_wh }) })),
  });
  const { difference } = whyAnswer.strict().parse(await json(`${home}/why?end=${new Date(end).toISOString()}`));
  assert.match(difference?.rule ?? "", /^difference of the registers at both ends/);
  const at = (time: number, value: number) => ({ time: new Date(time).toISOString(), value });
  assert.deepEqual(
    [difference?.begin.register, difference?.begin.before, difference?.begin.after],
    [1_000, at(begin - 2_000, 1_000), at(begin + 3_000, 1_001)],
  );
  assert.deepEqual(
    [difference?.end.register, difference?.end.before, difference?.end.after],
    [1_100, null, at(end, 1_100)],
  );
  await done();
});

test("tells the places, scale and verdict of a live value that is withheld", async () => {
  const { clock, meter, json, done } = await httpSetup();
  const plan = [
    {
      label: "read BT23",
      table: {} as never,
      range: { offset: 8, length: 8 },
      sources: [{ id: 0, at: 4, place: {} as never, scratch: new Uint8Array(4) }],
    },
  ];
  meter.livePlan = () => ({ plan, energyUnit: 10, ratios: false });
  meter.values = { power_w: 500, energy_import_wh: 12_340 };
  await clock.advance(5_000);
  const register = whyAnswer.strict().parse(await json(`${home}/why?value=live&key=energy_import_wh`)).live;
  assert.deepEqual(
    register?.sources.map(({ offset, scale, raw }) => [offset, scale, raw]),
    [[12, 10, 1_234]],
  );
  assert.match(register?.verdict ?? "", /^Accepted: it has risen/);
  assert.equal(register?.verdict_code, "register");
  meter.values = { power_w: 9e6, energy_import_wh: 12_350 };
  await clock.advance(2_000);
  assert.match(whyAnswer.parse(await json(`${home}/why?value=live&key=power_w`)).live?.verdict ?? "", /^Withheld/);
  await done();
});

test("refuses ranges and steps that cannot be served", async () => {
  const { get, done } = await httpSetup();
  const cases: readonly (readonly [path: string, message: RegExp])[] = [
    ["history?step=90", /^step=90 is not a whole number of minutes, which is what is stored: write step=120$/],
    ["history?step=4000", /^step=4000 is not a whole number of hours, .* write step=7200$/],
    ["history?step=60&resolution=day", /^step and resolution exclude each other/],
    ["history?resolution=week", /^resolution="week" is unknown: write day, month, year$/],
    ["history?resolution=day&from=1990-01-01T00:00:00Z", /more than 1000 days/],
    ["history?zone=Mars/Olympus&resolution=day", /^zone="Mars\/Olympus" is not a time zone/],
    ["history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", /must be before/],
    ["series?keys=power", /^keys: "power" is unknown/],
    ["intervals?channel=a%20b", /^channel="a b" is not a name/],
    ["why", /^end is missing/],
  ];
  for (const [path, message] of cases) {
    const answer = await get(`${home}/${path}`);
    assert.equal(answer.status, 400, path);
    assert.match(((await answer.json()) as ApiProblem).message, message);
  }
  await done();
});
