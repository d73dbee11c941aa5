import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { peer } from "../../../../test/support/peers.ts";
import { Books } from "./book.ts";
import type { Database } from "./database.ts";
import { emptyBatch } from "./facts.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";
import { journalFacts } from "./journal-facts.ts";
import { blocksOf, completenessIn, coverageOf, daysOf, doubleMeters, sumsOf } from "./queries.ts";
import { gridBetween, slotsBetween, sumOf } from "./stored-slots.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const quarter = 900_000;
const hour = 4 * quarter;
const zone = "Europe/Copenhagen";
const name = "energy_import_wh";
const by = { holder: "w1", attempt: 0 };
const now = Date.UTC(2026, 10, 29);

type Values = readonly {
  readonly end: number;
  readonly value: number | null;
  readonly seconds?: number;
  readonly source?: "difference" | "profile";
}[];

const entries = (point: string, values: Values, more: object = {}): JournalEntry[] =>
  values.map(({ end, value, seconds = 900, source = "profile" }, number) => ({
    ...({ kind: "interval", number, stored: end, point } as const),
    interval: {
      ...{ point, channel: name, end, seconds, value, source, quality: value === null ? "missing" : "good", flags: [] },
      ...{ register: null, revision: 1, stored: end, ...more },
    },
  }));

const every = (from: number, to: number, step: number, value: (end: number) => number | null): Values =>
  Array.from({ length: (to - from) / step }, (_, n) => from + (n + 1) * step).map((end) => ({
    ...{ end, value: value(end), seconds: step / 1000 },
  }));

describe("the books", { skip }, () => {
  let database: Database;
  let books: Books;
  const book = async (some: readonly JournalEntry[]) => {
    const { batch, refused } = journalFacts(some, () => undefined, by);
    assert.equal(refused.count, 0, refused.example);
    await books.book(batch);
  };
  before(async () => {
    database = await servers.fleet();
    books = new Books(database);
  });

  test("local days of 23, 24 and 25 hours are read from UTC days, each with its quarters", async () => {
    const point = "clock";
    for (const [year, month, date, quarters] of [
      [2026, 2, 29, 92],
      [2026, 2, 30, 96],
      [2026, 9, 25, 100],
    ] as const) {
      const noon = Date.UTC(year, month, date, 11);
      const [from = 0, to = 0] = dayBounds(zone, noon, noon + 1);
      await book(
        entries(
          point,
          every(from - hour, to + hour, quarter, (end) => (end / quarter) % 977),
        ),
      );
      const days = await daysOf(database.run, [point], { name, from, to });
      const grid = gridBetween(days, from, to, 900);
      assert.equal(grid.length, quarters);
      assert.ok(grid.every((slot, n) => slot?.value === (from / quarter + n + 1) % 977));
      const [sum] = await sumsOf(database.run, [point], name, [from, to]);
      const expected = grid.reduce((all, slot) => all + (slot?.value ?? 0), 0);
      assert.deepEqual(sum, { point, from, to, value: expected, seconds: quarters * 900 });
    }
  });

  test("days of a local clock are slots that begin late, and count for the day on which they begin", async () => {
    const point = "daily";
    const bounds = dayBounds(zone, Date.UTC(2026, 9, 23, 12), Date.UTC(2026, 9, 27, 12));
    // The day of 25 hours has no slot of 24.
    const ends = bounds.slice(1).filter((end, n) => end - (bounds[n] ?? 0) === 24 * hour);
    await book(
      entries(
        point,
        ends.map((end, n) => ({ end, value: 1_000 * (n + 1), seconds: 86_400 })),
      ),
    );
    const sums = await sumsOf(database.run, [point], name, bounds);
    assert.deepEqual(
      sums.map(({ value }) => value),
      [1_000, 2_000, null, 3_000, 4_000],
    );
  });

  test("a slot with two decimal places counts once, by its higher rank, and a sum loses no digit", async () => {
    const point = "fine";
    const from = Date.UTC(2026, 9, 1);
    await book(
      entries(
        point,
        every(from, from + hour, quarter, () => 250),
        { source: "difference" },
      ),
    );
    await book(entries(point, [{ end: from + quarter, value: 250.125 }]));
    const days = await daysOf(database.run, [point], { from, to: from + hour });
    assert.deepEqual(
      slotsBetween(days, from, from + hour).map(({ value, source }) => [value, source]),
      [
        [250.125, "profile"],
        [250, "difference"],
        [250, "difference"],
        [250, "difference"],
      ],
    );
    assert.equal(sumOf(slotsBetween(days, from, from + hour)), 1_000.125);
    const [sum] = await sumsOf(database.run, [point], name, [from, from + hour]);
    assert.deepEqual(sum, { point, from, to: from + hour, value: 1_000.125, seconds: 3_600 });
  });

  test("intervals of two lengths add up, and a void one counts nothing", async () => {
    const point = "mixed";
    const from = Date.UTC(2026, 9, 1);
    await book(
      entries(
        point,
        every(from, from + hour, quarter, () => 10),
      ),
    );
    await book(entries(point, [{ end: from + 2 * hour, value: 44, seconds: 3_600 }]));
    const voids = every(from + hour, from + 2 * hour - quarter, quarter, () => null);
    await book(entries(point, voids, { quality: "suspect", flags: ["replaced"] }));
    const [sum] = await sumsOf(database.run, [point], name, [from, from + 2 * hour]);
    assert.deepEqual([sum?.value, sum?.seconds], [84, 7_200]);
  });

  test("a holder learns at once how far each channel reaches, and nothing of a channel that has nothing", async () => {
    const begin = Date.UTC(2026, 8, 3, 5);
    const end = Date.UTC(2026, 9, 7, 9, 15);
    await book(
      entries("far", [...every(begin, begin + hour, quarter, () => 1), ...every(end - hour, end, quarter, () => 2)]),
    );
    const found = await coverageOf(database.run, ["far", "never"]);
    assert.deepEqual(
      found.map(({ channel, ...rest }) => rest),
      [{ point: "far", name, step: 900, phase: 0, digits: 0, begin, end }],
    );
  });

  test("completeness is told by site, point and month of the point's own zone", async () => {
    await database.run(
      "INSERT INTO site (id, name, shard, zone) VALUES ('north', 'North', 1, 'Europe/Copenhagen'), ('west', 'West', 2, 'UTC')",
    );
    const [from, to] = [Date.UTC(2026, 5, 30, 22), Date.UTC(2026, 6, 31, 22)];
    const known = (point: string, site: string) =>
      database.run(
        "INSERT INTO metering_point (id, name, site_id) SELECT $1, $1, site_id FROM site WHERE id = $2 ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id",
        [point, site],
      );
    for (const [point, site] of [
      ["whole", "north"],
      ["half", "north"],
      ["late", "north"],
      ["empty", "west"],
      ["gone", "west"],
    ] as const)
      await known(point, site);
    await book(
      entries(
        "whole",
        every(from - 24 * hour, to + 24 * hour, quarter, () => 1),
      ),
    );
    // Twice the same slots in two decimal places are not twice the time.
    await book(
      entries(
        "whole",
        every(from, from + 24 * hour, quarter, () => 0.5),
        { source: "manual" },
      ),
    );
    await book(
      entries(
        "half",
        every(from - hour, to, quarter, (end) => (end / quarter) % 2),
      ).filter(({ number }) => number % 2 === 0),
    );
    await book(
      entries(
        "late",
        every(to - 24 * hour, to, hour, () => 1),
      ),
    );
    await book(
      entries(
        "gone",
        every(Date.UTC(2026, 6, 1), Date.UTC(2026, 6, 2), quarter, () => 1),
      ),
    );
    await book(
      entries(
        "gone",
        every(Date.UTC(2026, 6, 2), Date.UTC(2026, 6, 3), quarter, () => null),
      ),
    );
    const points = ["whole", "half", "late", "empty", "gone"];
    const found = await completenessIn(database.run, { points, year: 2026, month: 7, now, grace: hour });
    const seconds = 31 * 86_400;
    const local = { from, to };
    const utc = { from: Date.UTC(2026, 6, 1), to: Date.UTC(2026, 7, 1) };
    const rest = { goneSeconds: 0, expectedSeconds: seconds };
    assert.deepEqual(found, [
      { site: "north", point: "half", name, ...local, ...rest, seconds: seconds / 2, percent: 50 },
      { site: "north", point: "late", name, ...local, ...rest, expectedSeconds: 86_400, seconds: 86_400, percent: 100 },
      { site: "north", point: "whole", name, ...local, ...rest, seconds, percent: 100 },
      { site: "west", point: "empty", name: null, ...utc, ...rest, seconds: 0, percent: 0 },
      { site: "west", point: "gone", name, ...utc, ...rest, goneSeconds: 86_400, seconds: 86_400, percent: 3.22 },
    ]);
    const early = { points: ["whole"], year: 2026, month: 7, grace: hour, now: from + 10 * hour + 123_000 };
    const [young] = await completenessIn(database.run, early);
    assert.deepEqual([young?.expectedSeconds, young?.percent], [9 * 3_600, 100]);
  });

  test("the proofs of a time are found by the time, and a meter at two points at once is told", async () => {
    const at = Date.UTC(2026, 9, 9);
    const what = { table: "BT64", offset: 5, profile: null, note: "read" };
    const block = {
      point: "proved",
      id: 7n,
      what,
      readAt: at,
      clockOffset: null,
      raw: new Uint8Array([1, 2]),
      from: at - hour,
      to: at,
    };
    const meter = { to: null, serial: "77", about: "{}", start: "{}", end: null, stored: at } as const;
    await books.book({
      ...emptyBatch("w1", 2),
      blocks: [block],
      installations: [
        { ...meter, point: "proved", from: at, to: at + 2 * hour },
        { ...meter, point: "moved", from: at + hour },
        { ...meter, point: "third", from: at + hour, serial: "78" },
      ],
    });
    assert.deepEqual(await blocksOf(database.run, "proved", { from: at, to: at + hour, limit: 9 }), []);
    const [found] = await blocksOf(database.run, "proved", { from: at - quarter, to: at, limit: 9 });
    const { point, raw, ...same } = block;
    assert.deepEqual({ ...found, raw: [...(found?.raw ?? [])] }, { ...same, raw: [...raw], holder: "w1", attempt: 2 });
    assert.deepEqual(await doubleMeters(database.run, 10), [{ serial: "77", points: ["moved", "proved"] }]);
  });
});
