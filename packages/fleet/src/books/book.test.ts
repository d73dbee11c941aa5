import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { Books } from "./book.ts";
import { emptyBatch } from "./facts.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";
import { dropMonths } from "./partitions.ts";
import { randomBatch, randomOf, shuffled, storedRows, twinRows } from "./random-facts.test-kit.ts";
import { emptyDay, putFact, slotNotes } from "./slots.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const now = Date.UTC(2026, 10, 29);
const channel = { point: "home", name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 } as const;

const oneSlot = (slot: number, raw: number, rank = "9", day = "2026-11-28") => {
  const slots = emptyDay(channel.step);
  putFact(slots, slot, { raw, rank, bits: 0 });
  return { ...emptyBatch("worker", 1), days: [{ channel, day, slots }] };
};

test("any facts, any number of times, in any order, by several at once, make the rows that the law says", {
  skip,
}, async (t) => {
  const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e6);
  t.diagnostic(`seed ${seed}`);
  for (let round = 0; round < 4; round++) {
    const random = randomOf(seed + round);
    const database = await servers.fleet();
    const batches = Array.from({ length: 25 }, () => randomBatch(random));
    const again = shuffled([...batches, ...batches.filter(() => random(2) === 0)], random);
    const books = [new Books(database), new Books(database)];
    await Promise.all(
      books.map(async (each, n) => {
        for (const batch of again.filter((_, m) => m % 2 === n)) await each.book(batch);
      }),
    );
    const { rows } = await database.run(storedRows);
    assert.deepEqual(rows.map(({ text }) => String(text)).sort(), twinRows(batches), `seed ${seed}, round ${round}`);
  }
});

test("what is booked already touches no row", { skip }, async () => {
  const books = new Books(await servers.fleet());
  const random = randomOf(7);
  const batches = Array.from({ length: 10 }, () => randomBatch(random));
  for (const batch of batches) await books.book(batch);
  for (const batch of batches) {
    const { outOfTime, ...touched } = await books.book(batch);
    assert.equal(outOfTime, 0);
    assert.deepEqual(Object.values(touched), [0, 0, 0, 0, 0, 0]);
  }
});

test("a lesser value of the same rank leaves a mark once, and one of a lower rank nothing", { skip }, async () => {
  const database = await servers.fleet();
  const books = new Books(database);
  const touched: number[] = [];
  for (const [raw, rank] of [
    [251, "9"],
    [250, "9"],
    [250, "9"],
    [252, "6"],
  ] as const)
    touched.push((await books.book(oneSlot(0, raw, rank))).days);
  assert.deepEqual(touched, [1, 1, 0, 0]);
  const { rows } = await database.run(
    "SELECT raw[1] AS raw, rank[1] AS rank, status[1]::int - 64 AS bits FROM profile_day",
  );
  assert.deepEqual(rows, [{ raw: 251, rank: "9", bits: slotNotes.disagrees }]);
});

test("a batch is booked whole or not at all", { skip }, async () => {
  const database = await servers.fleet();
  const books = new Books(database);
  await database.run("ALTER TABLE event ADD CHECK (kind <> 'bad')");
  const at = { at: now, until: null, stored: now };
  const event = { point: "home", id: "1", kind: "bad", code: null, origin: "meter", detail: "", ...at };
  await assert.rejects(books.book({ ...oneSlot(3, 250), events: [event] }), /violates check constraint/);
  assert.equal((await database.run("SELECT count(*)::int AS n FROM profile_day")).rows[0]?.n, 0);
  assert.equal((await database.run("SELECT count(*)::int AS n FROM metering_point")).rows[0]?.n, 0);
});

test("a month that was dropped is not made again by facts that come late, and facts of the far future are left out", {
  skip,
}, async () => {
  const database = await servers.fleet();
  const [books, other] = [new Books(database), new Books(database)];
  await books.book(oneSlot(0, 1, "9", "2026-09-30"));
  await other.book(oneSlot(0, 1, "9", "2026-10-01"));
  assert.deepEqual(await dropMonths(database, "profile_day", { before: Date.UTC(2026, 9, 15) }), [
    "profile_day_2026_09",
  ]);
  // The first has seen that month and does not know that it is gone.
  assert.equal((await books.book(oneSlot(1, 1, "9", "2026-09-30"))).outOfTime, 1);
  assert.equal((await books.book(oneSlot(1, 1, "9", "2099-01-01"))).outOfTime, 1);
  assert.equal((await books.book(oneSlot(1, 1, "9", "1970-01-01"))).outOfTime, 1);
  const { rows } = await database.run("SELECT day::text AS day FROM profile_day");
  assert.deepEqual(rows, [{ day: "2026-10-01" }]);
});

test("a batch with a fact that is none is refused before the database is asked", { skip }, async () => {
  const books = new Books(await servers.connect());
  const [day] = oneSlot(0, 1).days;
  assert.ok(day !== undefined);
  const short = { ...day, slots: emptyDay(3_600) };
  await assert.rejects(
    books.book({ ...emptyBatch("worker", 1), days: [short] }),
    /are not those of a day: nothing of the batch/,
  );
});

test("conflicts use up no numbers of points, channels and meters", { skip }, async () => {
  const database = await servers.fleet();
  const books = new Books(database);
  for (let n = 0; n < 20; n++) await books.book(oneSlot(n, n));
  const [day] = oneSlot(0, 1).days;
  assert.ok(day !== undefined);
  await books.book({ ...oneSlot(0, 1), days: [{ ...day, channel: { ...channel, point: "shed" } }] });
  const { rows } = await database.run("SELECT max(channel_id) AS channel, max(point_id) AS point FROM channel");
  assert.deepEqual(rows, [{ channel: 2, point: 2 }]);
});

test("a day of which nothing is known makes no row", { skip }, async () => {
  const database = await servers.fleet();
  const empty = { channel, day: "2026-11-28", slots: emptyDay(channel.step) };
  assert.equal((await new Books(database).book({ ...emptyBatch("worker", 1), days: [empty] })).days, 0);
  assert.equal((await database.run("SELECT 1 FROM channel")).count, 0);
});
