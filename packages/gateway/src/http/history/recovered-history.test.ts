import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { reading } from "@meterport/engine/testing/fake-meter";
import { fillStore } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { HistoryAnswer } from "../api.ts";
import { historyAnswer } from "../schemas.ts";
import { type HistoryStore, recoveredHistory } from "./recovered-history.ts";

const quarter = 900_000;

test("a time without readings shows what the meter's load profile told, marked as recovered", async () => {
  const { clock, store, json, done } = await httpSetup();
  const from = clock.wall() - 4 * quarter;
  const interval = (channel: string, n: number, value: number): Interval => ({
    ...{ point: "home", channel, end: from + n * quarter, seconds: 900, value, source: "profile", quality: "good" },
    ...{ flags: [], register: 10_000 + 100 * n },
  });
  await store.write({
    readings: [{ point: "home", reading: reading(from + 60_000, { power_w: 123 }) }],
    intervals: [1, 2, 3].flatMap((n) => [interval("energy_import_wh", n, 100 * n), interval("energy_export_wh", n, 0)]),
  });
  const range = `from=${from / 1000}&to=${(from + 4 * quarter) / 1000}`;
  for (const step of ["900", "300"])
    for (const path of ["meters", "points"]) {
      const answer = await json<HistoryAnswer>(`/api/v1/${path}/home/history?${range}&step=${step}`);
      if (path === "meters") historyAnswer.parse(answer);
      const shown = answer.points.map(({ power_w, recovered }) => (recovered ? `${power_w} recovered` : power_w));
      const per = 900 / Number(step);
      assert.equal(shown[0], 123);
      assert.deepEqual(shown.slice(per, 3 * per), [
        ...new Array(per).fill("800 recovered"),
        ...new Array(per).fill("1200 recovered"),
      ]);
      assert.deepEqual(shown.slice(3 * per), new Array(per).fill(null));
    }
  await done();
});

test("days and months include what was recovered, marked, with the registers of the last interval", async () => {
  const { store, json, done } = await httpSetup();
  const [day, hour] = [86_400_000, 3_600_000];
  const start = Date.UTC(2025, 11, 1);
  const register = (end: number): number => 50_000 + (end - start) / quarter;
  const interval = (channel: string, end: number, value: number): Interval => ({
    ...{ point: "home", channel, end, seconds: 900, value, source: "profile", quality: "good", flags: [] },
    register: channel === "energy_import_wh" ? register(end) : 7,
  });
  // The first day was read until noon, the second not at all, of the third one quarter is known, the fourth was read.
  const ends = [...Array.from({ length: 2 * 96 }, (_, n) => start + (n + 1) * quarter), start + 2 * day + quarter];
  await store.write({
    readings: [...Array.from({ length: 12 }, (_, n) => start + n * hour + 1), start + 3 * day + 1].map((time) => ({
      point: "home",
      reading: reading(time, { power_w: 100, energy_import_wh: 49_000, energy_export_wh: 6 }),
    })),
    intervals: ends.flatMap((end) => [interval("energy_import_wh", end, 50), interval("energy_export_wh", end, 0)]),
  });
  const shown = async (query: string) =>
    (await json<HistoryAnswer>(`/api/v1/points/home/history?zone=UTC&${query}`)).points.map(
      ({ power_w, energy_import_wh, energy_export_wh, recovered }) => [
        power_w,
        energy_import_wh,
        energy_export_wh,
        recovered,
      ],
    );
  assert.deepEqual(await shown("resolution=day&from=2025-12-01T00:00:00Z&to=2025-12-05T00:00:00Z"), [
    [150, register(start + day), 7, true],
    [200, register(start + 2 * day), 7, true],
    [null, null, null, undefined],
    [100, 49_000, 6, undefined],
  ]);
  const months = await shown("resolution=month&from=2025-12-01T00:00:00Z&to=2025-12-31T00:00:00Z");
  // Twelve hours and one of 100 W as read, and 36 of 200 W from intervals.
  assert.deepEqual(months, [[(13 * 100 + 36 * 200) / 49, 49_000, 6, true]]);
  await done();
});

test("a day of which the meter keeps one interval of 24 hours has its mean", async () => {
  const { store, json, done } = await httpSetup();
  const end = Date.UTC(2025, 11, 2);
  await store.write({
    intervals: (["energy_import_wh", "energy_export_wh"] as const).map((channel) => ({
      ...{ point: "home", channel, end, seconds: 86_400, value: channel === "energy_import_wh" ? 2_400 : 0 },
      ...{ source: "profile", quality: "good", flags: [], register: 9_000 },
    })),
  });
  const path = "/api/v1/points/home/history?resolution=day&zone=UTC&from=2025-12-01T00:00:00Z&to=2025-12-02T00:00:00Z";
  const { points } = await json<HistoryAnswer>(path);
  assert.deepEqual([points[0]?.power_w, points[0]?.recovered], [100, true]);
  await done();
});

test("years before anything was stored are not summed hour by hour", async () => {
  const { clock, store, done } = await httpSetup();
  const now = clock.wall();
  await fillStore(store, "home", now);
  const asked: number[] = [];
  const counted: HistoryStore = {
    history: (...query) => store.history(...query),
    intervals: (...query) => store.intervals(...query),
    intervalSums: (point, channel, bounds) => {
      asked.push(bounds.length);
      return store.intervalSums(point, channel, bounds);
    },
  };
  const grid = { step: 3_600, count: 1_000 };
  const empty = await recoveredHistory(counted, "home", { ...grid, from: now - 2_000 * 3_600_000 });
  assert.deepEqual([empty.length, asked], [1_000, [2]]);
  asked.length = 0;
  await recoveredHistory(counted, "home", { ...grid, from: now - 1_000 * 3_600_000 });
  assert.deepEqual(asked, [2, 1_001, 1_001]);
  await done();
});
