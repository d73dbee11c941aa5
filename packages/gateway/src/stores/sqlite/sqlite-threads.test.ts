import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Interval } from "@meterport/engine/model/interval";
import { type Log, silentLog } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { UsageError } from "@meterport/protocol/errors";
import { stopwatch } from "../../../../../test/support/stopwatch.ts";
import { storeContract } from "../store-contract.test-kit.ts";
import { proofsIn } from "./proofs-in.test-kit.ts";
import { openSqliteStore, openThreadedSqliteStore } from "./sqlite-threads.ts";

const wall = (): number => Date.UTC(2026, 0, 1);
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-threads-"));
  try {
    await run(folder);
  } finally {
    remove(folder);
  }
};

const noting = () => {
  const lines: string[] = [];
  const log: Log = { ...silentLog, error: (line) => lines.push(line) };
  return { lines, log };
};

storeContract("threads", async (wall) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-threads-"));
  const open = () => openSqliteStore(folder, silentLog, wall);
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    proofs: () => proofsIn(folder),
    done: async () => {
      await store.close();
      remove(folder);
    },
  };
});

const interval = (end: number, proof: Interval["proof"]): Interval => ({
  point: "home",
  channel: "energy_import_wh",
  end,
  seconds: 900,
  value: 1,
  source: "profile",
  quality: "good",
  flags: [],
  register: null,
  proof,
});

const proof = { time: 1, table: "BT64", offset: 0, raw: null, profile: null, clockOffset: null, note: "read" };

// libsql has the whole contract without threads; here it is to work in several threads at a time, and once more when they have ended.
test("libsql in threads of its own writes, reads, copies, and has it all when it is opened again", () =>
  inFolder(async (folder) => {
    const open = () => openThreadedSqliteStore({ folder, log: silentLog, wall, driver: "libsql" });
    const query = { channel: "energy_import_wh", from: 0, to: 2_000_000, limit: 10 };
    let store = await open();
    const write = store.write({
      intervals: [interval(900_000, proof)],
      readings: [{ point: "home", reading: reading(wall()) }],
    });
    assert.equal((await store.intervals("home", query)).length, 1);
    await write;
    await store.setCursor("mqtt", 1);
    await store.backup(join(folder, "copy.db"));
    await store.close();
    store = await open();
    assert.equal((await store.intervals("home", query)).length, 1);
    assert.equal((await store.readings("home", { from: 0, to: wall() + 1, limit: 10 })).length, 1);
    assert.equal(await store.cursor("mqtt"), 1);
    await store.close();
    assert.ok(statSync(join(folder, "copy.db")).size > 0);
  }));

test("a query sees what was written before it was called, and one proof of many intervals is stored once", () =>
  inFolder(async (folder) => {
    const store = await openSqliteStore(folder, silentLog, wall);
    const writes = [1, 2].map((n) => store.write({ intervals: [interval(n * 900_000, proof), interval(n, proof)] }));
    const query = { channel: "energy_import_wh", from: 0, to: 2_000_000, limit: 10 };
    assert.equal((await store.intervals("home", query)).length, 4);
    await Promise.all(writes);
    assert.deepEqual((await store.intervalProof("home", query.channel, 900_000))?.proof, proof);
    const status = await store.status();
    assert.deepEqual([status.state, status.problem, status.journal], ["ok", null, { oldest: 1, newest: 4 }]);
    await store.close();
    const db = new DatabaseSync(join(folder, "meterport.db"));
    assert.equal(db.prepare("SELECT count(*) AS n FROM proof").get()?.n, 2);
    db.close();
    assert.deepEqual(readdirSync(folder), ["meterport.db"]);
  }));

/** How often something was committed since the log began: the last frame of each commit has the size of the database. */
const commitsIn = (log: Uint8Array): number => {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const [header, frameHeader, page] = [32, 24, view.getUint32(8)];
  let commits = 0;
  for (let at = header; at + frameHeader + page <= log.length; at += frameHeader + page)
    if (view.getUint32(at + 4) > 0) commits++;
  return commits;
};

test("writes that wait are one transaction, and one that is wrong spoils no other", () =>
  inFolder(async (folder) => {
    const store = await openSqliteStore(folder, silentLog, wall);
    const log = (): number => commitsIn(readFileSync(join(folder, "meterport.db-wal")));
    await store.write({ intervals: [interval(0, proof)] });
    const before = log();
    const late = reading("2200-01-01T00:00:00.000Z");
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) =>
        store.write(
          n === 100 ? { readings: [{ point: "home", reading: late }] } : { intervals: [interval(n + 1, proof)] },
        ),
      ),
    );
    const took = results.map((result) => (result.status === "fulfilled" ? result.value : undefined));
    assert.deepEqual(
      took.flatMap((result, n) => (result === undefined ? [n] : [])),
      [100],
    );
    // In the order in which they were made, each with what it changed itself.
    const journal = took.flatMap((result) => result?.journal ?? []);
    assert.deepEqual(
      journal,
      [...Array(199).keys()].map((n) => n + 2),
    );
    assert.ok(took.every((result) => result === undefined || result.intervals === 1));
    const query = { channel: "energy_import_wh", from: -1, to: 1_000, limit: 1_000 };
    assert.equal((await store.intervals("home", query)).length, 200);
    // The one with the wrong write is made again one by one.
    assert.ok(log() - before <= 32 + 200 / 8, `${log() - before} transactions`);
    await store.close();
  }));

test("a value that cannot be stored is refused with its class, and a closed store says so", () =>
  inFolder(async (folder) => {
    const store = await openSqliteStore(folder, silentLog, wall);
    const late = reading("2200-01-01T00:00:00.000Z");
    await assert.rejects(store.write({ readings: [{ point: "home", reading: late }] }), RangeError);
    // Only the thread that writes notices this one.
    const odd = { point: "home", name: "odd", text: [] as unknown as string };
    await assert.rejects(store.write({ memos: [odd] }), TypeError);
    await store.backup(join(folder, "copy.db"));
    assert.equal(statSync(join(folder, "copy.db")).mode & 0o077, 0);
    await assert.rejects(store.backup(join(folder, "copy.db")), UsageError);
    await store.close();
    await store.close();
    await assert.rejects(store.write({}), /closed/);
  }));

test("a folder that cannot be used is a UsageError", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "file"), "");
    await assert.rejects(openSqliteStore(join(folder, "file", "data"), silentLog, wall), UsageError);
  }));

test("while another program locks the file, queries and the status answer, a write waits, and closing takes seconds", () =>
  inFolder(async (folder) => {
    const store = await openSqliteStore(folder, silentLog, wall);
    await store.write({ readings: [{ point: "home", reading: reading(0, { power_w: 1 }) }] });
    const other = new DatabaseSync(join(folder, "meterport.db"));
    other.exec("BEGIN IMMEDIATE");
    const write = store.write({ readings: [{ point: "home", reading: reading(1_000, { power_w: 2 }) }] });
    const all = { from: 0, to: 10_000, limit: 10 };
    assert.equal((await store.readings("home", all)).length, 1);
    while ((await store.status()).state !== "busy") await pause(10);
    assert.match((await store.status()).problem ?? "", /another program has locked the database/);
    other.exec("COMMIT");
    await write;
    assert.equal((await store.status()).state, "ok");
    assert.equal((await store.readings("home", all)).length, 2);
    other.exec("BEGIN IMMEDIATE");
    const lost = store.write({ readings: [{ point: "home", reading: reading(2_000, { power_w: 3 }) }] });
    const refused = assert.rejects(lost, /locked/);
    const untilClosed = stopwatch();
    await store.close();
    assert.ok(untilClosed() < 3_000);
    await refused;
    other.close();
  }));

test("a file that is damaged while it is used is replaced, what can be read is saved, and the status says so", () =>
  inFolder(async (folder) => {
    const path = join(folder, "meterport.db");
    const { lines, log } = noting();
    const first = await openSqliteStore(folder, log, wall);
    const readings = Array.from({ length: 5_000 }, (_, n) => ({
      point: "home",
      reading: reading(n * 1_000, { power_w: n }),
    }));
    const proof = { time: 1, table: "BT64", offset: 0, raw: null, profile: null, clockOffset: null, note: "read" };
    await first.write({ readings, intervals: Array.from({ length: 20 }, (_, n) => interval(n * 900_000, proof)) });
    await first.setCursor("mqtt", 20);
    await first.close();
    const store = await openSqliteStore(folder, log, wall);
    // Opening has checked the file; now some pages of readings in its middle break.
    const bytes = readFileSync(path);
    bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.5));
    writeFileSync(path, bytes);
    const range = { from: 0, to: 1e9, limit: 10_000 };
    const saved = await store.readings("home", range);
    assert.ok(saved.length > 1_000 && saved.length < 5_000, `${saved.length} readings`);
    // Also what lies behind the damage.
    assert.equal(saved.at(-1)?.power_w, 4_999);
    const status = await store.status();
    assert.equal(status.state, "replaced");
    assert.match(
      status.problem ?? "",
      /is damaged; it was renamed to .*meterport\.db\.damaged-2026-01-01T00-00-00-000Z/,
    );
    assert.deepEqual(lines, [status.problem]);
    assert.ok(existsSync(`${path}.damaged-2026-01-01T00-00-00-000Z`));
    const { journal } = await store.write({ intervals: [interval(1e9, proof)] });
    assert.equal(journal, 21);
    assert.equal(await store.cursor("mqtt"), 20);
    await store.close();
  }));

const happened = (n: number) => ({
  events: [
    {
      point: "home",
      id: `e${n}`,
      time: n,
      until: null,
      kind: "x",
      number: null,
      origin: "gateway",
      detail: "{}",
    } as const,
  ],
});
const happenings = async (store: Store): Promise<string> =>
  (await store.events("home", { limit: 99 })).map(({ id }) => id).join(" ");

const file = (folder: string, tail = ""): string => join(folder, `meterport.db${tail}`);

for (const [what, tails] of Object.entries({
  "the file": [""],
  "the file with its log": ["", "-wal", "-shm"],
  "its log": ["-wal"],
  "all but the file": ["-wal", "-shm"],
}))
  test(`if somebody deletes ${what}, nothing that was acknowledged is lost, and that is told once`, () =>
    inFolder(async (folder) => {
      const { lines, log } = noting();
      const store = await openThreadedSqliteStore({ folder, log, wall });
      await store.write(happened(1));
      for (const tail of tails) rmSync(file(folder, tail));
      assert.equal((await store.write(happened(2))).journal, 2);
      await store.write(happened(3));
      assert.equal(await happenings(store), "e3 e2 e1");
      const { state, problem } = await store.status();
      assert.deepEqual([state, lines], ["replaced", [problem]]);
      assert.match(problem ?? "", /meterport\.db was deleted while it was in use/);
      // As if the power failed now: the files are all that is left.
      const later = join(folder, "later");
      mkdirSync(later);
      for (const tail of ["", "-wal"])
        if (existsSync(file(folder, tail))) cpSync(file(folder, tail), file(later, tail));
      const again = await openSqliteStore(later, silentLog, wall);
      assert.equal(await happenings(again), "e3 e2 e1");
      await again.close();
      await store.close();
    }));

test("a file that somebody puts in the place of the database is used, and what was there is kept beside it", () =>
  inFolder(async (folder) => {
    const { lines, log } = noting();
    const store = await openThreadedSqliteStore({ folder, log, wall });
    await store.write(happened(1));
    await store.backup(join(folder, "copy.db"));
    await store.write(happened(2));
    // As by mv: the log of the old file stays where it was.
    renameSync(join(folder, "copy.db"), file(folder));
    await store.write(happened(3));
    assert.equal(await happenings(store), "e3 e1");
    await store.close();
    const aside = readdirSync(folder).filter((name) => name.includes("replaced"));
    assert.equal(aside.length, 1);
    assert.deepEqual(
      lines.map((line) => line.endsWith(`what was stored before is in ${join(folder, aside[0] ?? "")}`)),
      [true],
    );
    const later = join(folder, "later");
    mkdirSync(later);
    renameSync(join(folder, aside[0] ?? ""), file(later));
    const old = await openSqliteStore(later, silentLog, wall);
    assert.equal(await happenings(old), "e2 e1");
    await old.close();
  }));

test("while the folder is gone, writes fail and the status says so; when it is back, nothing was lost", () =>
  inFolder(async (parent) => {
    const folder = join(parent, "data");
    const store = await openSqliteStore(folder, silentLog, wall);
    await store.write(happened(1));
    renameSync(folder, join(parent, "away"));
    await assert.rejects(store.write(happened(2)), /cannot be written again/);
    assert.equal((await store.status()).state, "failing");
    renameSync(join(parent, "away"), folder);
    await store.write(happened(2));
    assert.deepEqual([(await store.status()).state, await happenings(store)], ["ok", "e2 e1"]);
    await store.close();
  }));
