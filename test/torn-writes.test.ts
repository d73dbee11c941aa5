/**
 * A loss of power in the middle of a write: the files end at any byte, or have old and new sectors side by side, as disks leave them. SQLite
 * must find all that was acknowledged by then, each batch whole or not at all, and the journal and its cursors must agree with it.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { silentLog } from "@meterport/engine/ports/log";
import type { StoreBatch } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { hastyDriver } from "@meterport/gateway/stores/sqlite/hasty-store.test-kit";
import { openLocalSqliteStore, type SqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { seeded } from "@meterport/simulator";

const cuts = Number(process.env.METERPORT_CUTS ?? 80);
const seed = 5;
const sector = 512;
const wall = (): number => Date.UTC(2026, 0, 1);
const always = { from: 0, to: 1e12, limit: 100_000 };
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-torn-"));
  folders.push(folder);
  return folder;
};

const open = (folder: string): SqliteStore => openLocalSqliteStore(folder, silentLog, wall, hastyDriver);

const interval = (n: number): Interval => ({
  ...{ point: "home", channel: "energy_import_wh", end: (n + 1) * 900_000, seconds: 900, value: n, source: "profile" },
  ...{ quality: "good", flags: [], register: n },
  proof: { time: n, table: "BT64", offset: n, raw: "00", profile: null, clockOffset: null, note: "read" },
});

/** Readings that end a minute, an interval and an event. */
const batch = (n: number): StoreBatch => ({
  readings: [2 * n, 2 * n + 1].map((at) => ({ point: "home", reading: reading(at * 40_000, { power_w: at }) })),
  intervals: [interval(n)],
  events: [
    {
      ...{ point: "home", id: `e${n}`, time: n, until: null, kind: "outage", number: null, origin: "outage" },
      detail: "{}",
    },
  ],
});

interface Files {
  readonly db: Buffer;
  readonly wal: Buffer;
}

const filesOf = (folder: string): Files => ({
  db: readFileSync(join(folder, "meterport.db")),
  wal: readFileSync(join(folder, "meterport.db-wal")),
});

/** Opens what a disk was left with, and returns how many batches are there, all of them whole. */
const recovered = async ({ db, wal }: Files): Promise<number> => {
  const folder = newFolder();
  writeFileSync(join(folder, "meterport.db"), db);
  writeFileSync(join(folder, "meterport.db-wal"), wal);
  const lines: string[] = [];
  const store = openLocalSqliteStore(folder, { ...silentLog, error: (line) => lines.push(line) }, wall, hastyDriver);
  assert.deepEqual(lines, [], "the database counts as damaged");
  const powers = (await store.readings("home", always)).map(({ power_w }) => power_w);
  const batches = powers.length / 2;
  assert.deepEqual(
    powers,
    powers.map((_, n) => n),
  );
  const intervals = await store.intervals("home", { channel: "energy_import_wh", ...always });
  assert.deepEqual(
    intervals.map(({ value }) => value),
    Array.from({ length: batches }, (_, n) => n),
  );
  assert.equal((await store.events("home", { limit: 10_000 })).length, batches);
  const minutes = await store.history("home", { from: 0, step: 60, count: Math.ceil((batches * 80) / 60) });
  assert.equal(Math.max(-1, ...minutes.map(({ power_max_w }) => power_max_w ?? -1)), 2 * batches - 1);
  const { entries } = await store.journal({ after: 0, limit: 10_000 });
  assert.deepEqual(
    entries.map(({ number }) => number),
    Array.from({ length: 2 * batches }, (_, n) => n + 1),
  );
  // A cursor is acknowledged after its entries, in a transaction of its own.
  const cursor = (await store.cursor("output")) ?? 0;
  assert.ok(cursor === 2 * batches || cursor === Math.max(0, 2 * batches - 2), `cursor ${cursor} of ${2 * batches}`);
  const { journal } = await store.write(batch(batches));
  assert.equal(journal, 2 * batches + 2, "no number is used twice, none is left out");
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return batches;
};

/** Writes batches, and notes how long the log was when each was acknowledged. */
const fill = async (store: SqliteStore, folder: string, from: number, to: number) => {
  const ends: number[] = [];
  for (let n = from; n < to; n++) {
    const { journal } = await store.write(batch(n));
    ends.push(filesOf(folder).wal.length);
    await store.setCursor("output", journal);
  }
  return ends;
};

const random = seeded(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const noise = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, () => below(256)));

test(`a log that ends at any byte has each batch that was acknowledged before it, ${cuts} times`, async (t) => {
  t.diagnostic(`seed ${seed}`);
  const folder = newFolder();
  const store = open(folder);
  const ends = await fill(store, folder, 0, 25);
  const { db, wal } = filesOf(folder);
  await store.close();
  for (let round = 0; round < cuts; round++) {
    const cut = below(wal.length + 1);
    // The file may have got its length, and other bytes, before what was written to it.
    const tail = [Buffer.alloc(0), Buffer.alloc(3 * sector), noise(3 * sector)][round % 3] as Buffer;
    const found = await recovered({ db, wal: Buffer.concat([wal.subarray(0, cut), tail]) });
    const least = ends.filter((end) => end <= cut).length;
    assert.ok(found >= least && found <= least + 1, `cut at ${cut}: ${found} batches, ${least} acknowledged`);
    assert.ok(found === least || cut >= (ends[least] as number) - sector - 24, `cut at ${cut}: too many batches`);
  }
});

test(`a log that begins again over its old bytes is read only as far as it is new, ${cuts} times`, async () => {
  const folder = newFolder();
  const store = open(folder);
  await fill(store, folder, 0, 12);
  const old = filesOf(folder).wal;
  store.checkpoint();
  const { db } = filesOf(folder);
  const before = 12;
  const { journal } = await store.write(batch(before));
  await store.setCursor("output", journal);
  // The new log is as long as the old one: only its beginning is new.
  const { wal } = filesOf(folder);
  assert.equal(wal.length, old.length);
  await store.close();
  const seen = new Set<number>();
  for (let round = 0; round < cuts; round++) {
    const cut = below(wal.length / 4);
    const found = await recovered({ db, wal: Buffer.concat([wal.subarray(0, cut), old.subarray(cut)]) });
    assert.ok(found === before || found === before + 1, `cut at ${cut}: ${found} batches`);
    seen.add(found);
  }
  assert.equal(seen.size, 2, "both happen");
});

test(`a checkpoint that stopped anywhere is done again, ${cuts} times`, async () => {
  const folder = newFolder();
  const store = open(folder);
  await fill(store, folder, 0, 12);
  const before = filesOf(folder);
  store.checkpoint();
  const done = filesOf(folder).db;
  await store.close();
  assert.notDeepEqual(before.db, done);
  for (let round = 0; round < cuts; round++) {
    // Sectors reach the disk in any order, and the file grows at any time.
    const old = Buffer.concat([before.db, Buffer.alloc(done.length - before.db.length)]);
    const db = Buffer.alloc(round % 2 === 0 ? done.length : before.db.length + below(old.length - before.db.length));
    const share = random();
    for (let at = 0; at < db.length; at += sector) (random() < share ? done : old).copy(db, at, at, at + sector);
    assert.equal(await recovered({ db, wal: before.wal }), 12);
  }
});
