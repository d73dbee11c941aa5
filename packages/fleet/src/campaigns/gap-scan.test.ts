import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { Books } from "../books/book.ts";
import { emptyBatch } from "../books/facts.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { keepGaps, noteAsked, openGaps, ranksOf } from "../books/gap-book.ts";
import { randomOf } from "../books/random-facts.test-kit.ts";
import { emptyDay, putFact } from "../books/slots.ts";
import { gapsOf } from "./gaps.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const day = 86_400_000;
const now = Date.UTC(2026, 10, 29);
const channel = { point: "home", name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 } as const;
const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** A day as the meter remembers it. */
const remembered = (time: number, slots: readonly number[] = [...Array(96).keys()]) => {
  const all = emptyDay(900);
  for (const slot of slots) putFact(all, slot, { raw: slot, rank: "9", bits: 0 });
  return { channel, day: isoDay(time), slots: all };
};

test("rows that are lost come back by the gap scan, and those beyond the meter's memory become gone", {
  skip,
}, async (t) => {
  const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e6);
  t.diagnostic(`seed ${seed}`);
  const random = randomOf(seed);
  const database = await servers.fleet();
  const books = new Books(database);
  const days = Array.from({ length: 40 }, (_, n) => now - (40 - n) * day);
  await books.book({ ...emptyBatch("w1", 0), days: days.map((time) => remembered(time)) });
  const lost = days.filter(() => random(3) === 0).map(isoDay);
  await database.run("DELETE FROM profile_day WHERE day = ANY ($1::date[])", [lost]);

  const keptAfter = now - 20 * day;
  const scan = async () => {
    const known = await ranksOf(database.run, ["home"], { first: isoDay(days[0] as number), last: isoDay(now) });
    const gaps = gapsOf(known, { step: 900, phase: 0, since: days[0] as number, until: now, keptAfter });
    const whole = new Set(gaps.map(({ day: each }) => each));
    const closed = known.flatMap(({ day: each, gone }) => (gone !== "" && !whole.has(each) ? [each] : []));
    return keepGaps(database.run, [{ channel: known[0]?.channel ?? 0, step: 900, gaps, closed }]);
  };
  assert.equal(await scan(), lost.length, `seed ${seed}`);
  assert.equal(await scan(), 0, "the same scan again changes nothing");

  const asked = await openGaps(database.run, ["home"], { askedBefore: now, limit: 100 });
  const kept = lost.filter((date) => Date.parse(date) >= keptAfter).reverse();
  assert.deepEqual(
    asked.map(({ day: each, slots }) => [each, slots.length]),
    kept.map((each) => [each, 96]),
  );
  await noteAsked(database.run, asked, now);
  assert.deepEqual(await openGaps(database.run, ["home"], { askedBefore: now, limit: 100 }), []);

  await books.book({ ...emptyBatch("w1", 0), days: asked.map((gap) => remembered(Date.parse(gap.day), gap.slots)) });
  await scan();
  assert.deepEqual(await openGaps(database.run, ["home"], { askedBefore: now + 1, limit: 100 }), []);
  const { rows } = await database.run("SELECT day::text AS day FROM gap WHERE position(B'1' IN gone) > 0 ORDER BY day");
  assert.deepEqual(
    rows.map((row) => row.day),
    lost.filter((date) => Date.parse(date) < keptAfter),
    `seed ${seed}`,
  );
});

test("what a worker books as lost is no longer asked for", { skip }, async () => {
  const database = await servers.fleet();
  const books = new Books(database);
  await books.book({ ...emptyBatch("w1", 0), days: [remembered(now - day, [0])] });
  const [known] = await ranksOf(database.run, ["home"], { first: isoDay(now - day), last: isoDay(now) });
  const gaps = [{ day: isoDay(now - day), open: [1, 2, 3], gone: [] }];
  await keepGaps(database.run, [{ channel: known?.channel ?? 0, step: 900, gaps, closed: [] }]);
  await books.book({ ...emptyBatch("w1", 0), gone: [{ channel, day: isoDay(now - day), slots: [2] }] });
  const [open] = await openGaps(database.run, ["home"], { askedBefore: now, limit: 10 });
  assert.deepEqual(open?.slots, [1, 3]);
});
