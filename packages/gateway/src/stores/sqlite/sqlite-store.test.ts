import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type Log, silentLog } from "@meterport/engine/ports/log";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { register } from "../contract/under-test.test-kit.ts";
import { storeContract } from "../store-contract.test-kit.ts";
import { type FaultPlan, faultyDriver } from "./faulty-driver.test-kit.ts";
import { proofsIn } from "./proofs-in.test-kit.ts";
import { type SqliteDriver, sqliteDriver, thisNode } from "./sqlite-driver.ts";
import { migrateTo } from "./sqlite-schema.ts";
import { openLocalSqliteStore, openReader } from "./sqlite-store.ts";

const folderForTest = (): string => mkdtempSync(join(tmpdir(), "meterport-store-"));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
const readings = (list: readonly LiveReading[]) => ({
  readings: list.map((each) => ({ point: "home", reading: each })),
});

const drivers = {
  "Node's SQLite": sqliteDriver(),
  libsql: sqliteDriver({ ...thisNode, builtIn: () => undefined }),
};

for (const [name, driver] of Object.entries(drivers)) {
  const open = (folder: string, log: Log = silentLog, wall = () => 0) =>
    openLocalSqliteStore(folder, log, wall, driver);

  storeContract(name, (wall) => {
    const folder = folderForTest();
    let store = open(folder, silentLog, wall);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = open(folder, silentLog, wall);
        return store;
      },
      proofs: () => proofsIn(folder),
      done: async () => {
        await store.close();
        remove(folder);
      },
    };
  });

  test(`${name}: stores and deletes what a point has whose short number is in the thousands`, async () => {
    const folder = folderForTest();
    await open(folder).close();
    const db = driver(join(folder, "meterport.db"));
    db.prepare("INSERT INTO meter (key, id) VALUES (?, ?)").run(5_000, "home");
    db.close();
    const store = open(folder);
    try {
      const t0 = Date.UTC(2026, 0, 1, 12);
      const list = Array.from({ length: 20 }, (_, n) => reading(t0 + n * 300_000, { power_w: n }));
      const first = { ...readings(list.slice(0, 19)), registers: [register({ time: 1 })] };
      const written = [await store.write(first), await store.write({ ...readings(list), registers: [register()] })];
      assert.deepEqual(
        written.map(({ readings, journal }) => [readings, journal]),
        [
          [19, 1],
          [1, 2],
        ],
      );
      await store.setCursor("reader", 2);
      assert.equal((await store.readings("home", { from: t0, to: 2 * t0, limit: 99 })).length, 20);
      const hours = () => store.history("home", { from: t0, step: 3_600, count: 1 });
      assert.equal((await hours())[0]?.power_w, 5.5);
      assert.equal((await store.prune({ readings: t0 + 3_600_000 })).readings, 12);
      assert.equal((await hours())[0]?.power_w, 5.5);
    } finally {
      await store.close();
      remove(folder);
    }
  });

  test(`${name}: means of every live key and extremes of power and voltages outlive the readings`, async () => {
    const folder = folderForTest();
    const store = open(folder);
    try {
      const t0 = Date.UTC(2026, 0, 1, 12);
      const at = (n: number) =>
        reading(t0 + n * 1_000, { power_w: n, voltage_l1_v: 230 + n / 1_000, current_l2_a: n / 10 });
      await store.write(readings([0, 10, 20, 70, 130, 1_000, 4_000].map(at)));
      await store.prune({ readings: t0 + 3_900_000 });
      const grid = (step: number) => ({ from: t0, step, count: 2 });
      const series = await store.series("home", grid(60), ["power_w", "voltage_l1_v", "current_l2_a"]);
      assert.deepEqual(series.power_w, { mean: [10, 70], min: [0, 70], max: [20, 70] });
      assert.deepEqual(series.voltage_l1_v, { mean: [230.01, 230.07], min: [230, 230.07], max: [230.02, 230.07] });
      assert.deepEqual(series.current_l2_a, { mean: [1, 7], min: [null, null], max: [null, null] });
      const quarters = await store.series("home", grid(900), ["power_w", "current_l2_a"]);
      assert.deepEqual(quarters.power_w, { mean: [46, 1_000], min: [0, 1_000], max: [130, 1_000] });
      assert.deepEqual(quarters.current_l2_a?.mean, [4.6, 100]);
      const hours = await store.series("home", grid(3_600), ["power_w"]);
      assert.deepEqual(hours.power_w, { mean: [205, 4_000], min: [0, 4_000], max: [1_000, 4_000] });
    } finally {
      await store.close();
      remove(folder);
    }
  });

  test(`${name}: a late reading reaches what is over, and one whose minute has lost its readings doubles nothing`, async () => {
    const folder = folderForTest();
    const store = open(folder);
    try {
      const t0 = Date.UTC(2026, 0, 1, 12);
      const at = (n: number, power_w: number) => reading(t0 + n * 1_000, { power_w });
      const powers = async () => {
        const steps = [60, 900, 3_600].map((step) => store.history("home", { from: t0, step, count: 1 }));
        return (await Promise.all(steps)).map(([point]) => point?.power_w);
      };
      await store.write(readings([at(0, 100), at(65, 200), at(7_300, 1)]));
      await store.write(readings([at(30, 300)]));
      assert.deepEqual(await powers(), [200, 200, 200]);
      await store.prune({ readings: t0 + 7_000_000 });
      await store.write(readings([at(30, 300)]));
      assert.deepEqual(await powers(), [200, 200, 200]);
      // A clock that was set back, beside a minute that had one reading as well.
      await store.write(readings([at(90, 99_000)]));
      assert.deepEqual(await powers(), [200, 200, 200]);
      assert.equal((await store.history("home", { from: t0 + 60_000, step: 60, count: 1 }))[0]?.power_w, 200);
    } finally {
      await store.close();
      remove(folder);
    }
  });

  test(`${name}: each minute is there after its readings were deleted, wherever the file was closed or the meter fell silent`, async () => {
    const t0 = Date.UTC(2026, 0, 1, 12);
    // Two readings a minute; a meter falls silent at each of 16 moments.
    for (let count = 1; count <= 16; count++) {
      const folder = folderForTest();
      let store = open(folder);
      try {
        for (let n = 0; n < count; n++) {
          await store.write(readings([reading(t0 + n * 30_000 + 15_000, { power_w: n })]));
          if (n % 3 !== 2) continue;
          await store.close();
          store = open(folder);
        }
        const minutes = async () => {
          const list = await store.history("home", { from: t0, step: 60, count: 9 });
          return list.map(({ power_w, power_max_w }) => [power_w, power_max_w]);
        };
        const before = await minutes();
        const mean = (n: number) => (2 * n + 1 < count ? 2 * n + 0.5 : 2 * n < count ? 2 * n : null);
        assert.deepEqual(
          before.map(([power]) => power),
          Array.from({ length: 9 }, (_, n) => mean(n)),
        );
        for (let limit = t0; limit < t0 + 600_000; limit += 50_000) {
          await store.prune({ readings: limit });
          assert.deepEqual(await minutes(), before, `${count} readings, those before ${limit - t0} ms deleted`);
        }
        assert.deepEqual(await store.readings("home", { from: 0, to: 2 * t0, limit: 9 }), []);
      } finally {
        await store.close();
        remove(folder);
      }
    }
  });

  test(`${name}: damaged pages and a file that is not a database are set aside, and the store can be closed twice`, async () => {
    const folder = folderForTest();
    try {
      const path = join(folder, "meterport.db");
      writeFileSync(path, "not a database at all".repeat(500));
      const lines: string[] = [];
      const log: Log = { ...silentLog, error: (line) => lines.push(line) };
      const store = open(folder, log);
      await store.write(readings(Array.from({ length: 2_000 }, (_, n) => reading(n * 1_000, { power_w: n }))));
      await store.close();
      await store.close();
      const bytes = readFileSync(path);
      bytes.fill(0xa5, 4_096, Math.floor(bytes.length / 2));
      writeFileSync(path, bytes);
      await open(folder, log).close();
      assert.equal(lines.length, 2);
      assert.ok(
        lines.every((line) => line.includes("is damaged")),
        lines.join(),
      );
    } finally {
      remove(folder);
    }
  });
}

interface Acknowledged {
  /** The last batch that was stored. */
  n: number;
  /** The number of the journal that was acknowledged for it. */
  journal: number;
  /** The last cursor that was stored. */
  cursor: number;
}

/** Runs the endless writer until it is killed at a random moment. */
const killedWriter = async (folder: string, patience: number): Promise<Acknowledged> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "endless-writer.test-kit.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = "";
  for await (const chunk of child.stdout) {
    if (seen === "") setTimeout(() => child.kill("SIGKILL"), patience);
    seen += String(chunk);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");
  const last = seen.slice(0, seen.lastIndexOf("\n")).split("\n").at(-1) ?? "";
  return JSON.parse(last) as Acknowledged;
};

/** Everything up to the last acknowledged batch is there, once, and cursors are right. */
const checkKilled = async (folder: string, { n, journal, cursor }: Acknowledged): Promise<void> => {
  const lines: string[] = [];
  const log: Log = { ...silentLog, error: (line) => lines.push(line) };
  const store = openLocalSqliteStore(folder, log, () => 0);
  const count = n + 1;
  const stored = await store.readings("home", { from: 0, to: 1e12, limit: 1e6 });
  assert.deepEqual(
    stored.slice(0, 2 * count).map(({ power_w }) => power_w),
    Array.from({ length: 2 * count }, (_, i) => i),
  );
  // A batch whose acknowledgement was lost is there whole or not at all.
  assert.ok([2 * count, 2 * count + 2].includes(stored.length), `${stored.length} readings of ${count} batches`);
  const [minute] = await store.history("home", { from: 0, step: 60, count: 1 });
  assert.equal(minute?.power_max_w, Math.min(59, stored.length - 1));
  const range = { from: -1, to: 1e12, limit: 1e6 };
  const intervals = await store.intervals("home", { channel: "energy_import_wh", ...range });
  assert.equal(intervals.length, stored.length / 2);
  assert.equal((await store.events("home", { limit: 1e6 })).length, stored.length / 2);
  const { entries } = await store.journal({ after: 0, limit: 1e6 });
  assert.deepEqual(
    entries.map(({ number }) => number),
    Array.from({ length: stored.length }, (_, i) => i + 1),
  );
  assert.ok(entries.length >= journal);
  const kept = (await store.cursor("mqtt")) ?? 0;
  assert.ok(kept === cursor || kept === cursor + 2, `cursor ${kept}, acknowledged ${cursor}`);
  assert.deepEqual(lines, []);
  await store.close();
};

/** METERPORT_KILLS=200 takes two minutes. */
const kills = Number(process.env.METERPORT_KILLS ?? 3);

test("a process killed while writing loses nothing that was acknowledged, and doubles nothing", async (t) => {
  const folder = folderForTest();
  try {
    let batches = 0;
    for (let round = 0; round < kills; round++) {
      const acknowledged = await killedWriter(folder, 20 + ((round * 37) % 100));
      await checkKilled(folder, acknowledged);
      batches = acknowledged.n + 1;
    }
    assert.ok(batches > 3, `only ${batches}`);
    t.diagnostic(`${kills} kills, ${batches} batches acknowledged`);
  } finally {
    remove(folder);
  }
});

test("a damaged file is renamed as the log says, and its bytes stay", async () => {
  const folder = folderForTest();
  try {
    const path = join(folder, "meterport.db");
    writeFileSync(path, "not a database at all".repeat(500));
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (line) => lines.push(line) };
    const store = openLocalSqliteStore(folder, log, () => Date.UTC(2026, 0, 1));
    await store.write(readings([reading(0, { power_w: 1 })]));
    await store.close();
    const aside = "meterport.db.damaged-2026-01-01T00-00-00-000Z";
    assert.ok(lines[0]?.includes(aside), lines[0]);
    assert.match(readFileSync(join(folder, aside), "utf8"), /^not a database/);
    assert.deepEqual(readdirSync(folder).sort(), ["meterport.db", aside]);
  } finally {
    remove(folder);
  }
});

test("a database of a newer Meterport is refused and left alone", async () => {
  const folder = folderForTest();
  try {
    const path = join(folder, "meterport.db");
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 99");
    db.close();
    assert.throws(
      () => openLocalSqliteStore(folder, silentLog, () => 0),
      /written by a newer Meterport \(database version 99/,
    );
    assert.deepEqual(readdirSync(folder), ["meterport.db"]);
  } finally {
    remove(folder);
  }
});

test("a database of version 1 keeps its history, and a copy of the old file beside it", async () => {
  const folder = folderForTest();
  try {
    const path = join(folder, "meterport.db");
    const day = Date.UTC(2026, 0, 1);
    const old = new DatabaseSync(path);
    migrateTo({ exec: (sql) => old.exec(sql), prepare: (sql) => old.prepare(sql) as never, close: () => {} }, 1);
    old.exec(`INSERT INTO meter VALUES (1, 'home'), (2, 'shed');
      INSERT INTO reading (meter, time, quality, power_w, voltage_l1_v) VALUES (1, ${day + 900_000}, 0, 500, 230.912);
      INSERT INTO bucket VALUES (1, 60, ${day}, ${day + 50_000}, 2, 300, 100, 200, 10, NULL, NULL, NULL),
        (1, 60, ${day + 60_000}, ${day + 70_000}, 1, 600, 600, 600, 12, NULL, NULL, NULL),
        (1, 60, ${day + 900_000}, ${day + 900_000}, 1, 500, 500, 500, 13, NULL, NULL, NULL),
        (1, 3600, ${day}, ${day + 900_000}, 4, 1400, 100, 600, 13, NULL, NULL, NULL),
        (2, 3600, ${day}, ${day + 900_000}, 1, 7, 7, 7, 99, NULL, NULL, NULL);
      INSERT INTO event VALUES (1, 1, ${day}, 'meter-exchange', '{}')`);
    old.close();
    const lines: string[] = [];
    const store = openLocalSqliteStore(folder, { ...silentLog, info: (line) => lines.push(line) }, () => day);
    const powers = async (point: string, step: number) =>
      (await store.history(point, { from: day, step, count: 2 })).map(({ power_w, energy_import_wh }) => [
        power_w,
        energy_import_wh,
      ]);
    assert.deepEqual(await powers("home", 60), [
      [150, 10],
      [600, 12],
    ]);
    assert.deepEqual(await powers("home", 900), [
      [300, 12],
      [500, null],
    ]);
    assert.deepEqual(await powers("shed", 3_600), [
      [7, 99],
      [null, null],
    ]);
    const [reading] = await store.readings("home", { from: 0, to: 2 * day, limit: 1 });
    assert.deepEqual([reading?.power_w, reading?.voltage_l1_v], [500, 230.912]);
    assert.equal((await store.events("home", { limit: 1 }))[0]?.kind, "meter-exchange");
    assert.match(lines.join(), /brought from version 1 to 3; the old file is kept as .*meterport\.db\.before-v3$/);
    await store.close();
    const now = new DatabaseSync(path);
    assert.equal(now.prepare("PRAGMA page_size").get()?.page_size, 512);
    now.close();
    const copy = new DatabaseSync(`${path}.before-v3`);
    assert.equal(copy.prepare("SELECT count(*) AS n FROM bucket").get()?.n, 5);
    copy.close();
    assert.equal(statSync(`${path}.before-v3`).mode & 0o077, 0);
  } finally {
    remove(folder);
  }
});

test("a folder that cannot be created is one clear sentence", async () => {
  const folder = folderForTest();
  try {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => openLocalSqliteStore(join(folder, "file", "data"), silentLog, () => 0),
      /cannot open the database .*METERPORT_DATA/,
    );
  } finally {
    remove(folder);
  }
});

test("only the owner can read the database, and two days of readings stay small", async () => {
  const folder = folderForTest();
  try {
    const path = join(folder, "meterport.db");
    const store = openLocalSqliteStore(folder, silentLog, () => 0);
    assert.equal(statSync(path).mode & 0o077, 0);
    const values = {
      power_w: 1_234,
      power_l1_w: 400,
      voltage_l1_v: 230.9,
      current_l1_a: 1.75,
      frequency_hz: 49.98,
      energy_import_wh: 12_345_678,
    };
    await store.write(readings(Array.from({ length: 10_000 }, (_, n) => reading(n * 2_000, values))));
    await store.close();
    const each = statSync(path).size / 10_000;
    assert.ok(each < 120, `${each} bytes for each reading`);
  } finally {
    remove(folder);
  }
});

test("a page of the journal is of one moment, whatever is written and deleted meanwhile", async () => {
  const folder = folderForTest();
  const writer = openLocalSqliteStore(folder, silentLog, () => 0);
  const states = (n: number) => ({
    registers: [register({ time: n })],
  });
  let between = async (): Promise<unknown> => undefined;
  /** Lets another connection work after each statement that looks at the range of the journal. */
  const interrupted: SqliteDriver = (path) => {
    const db = sqliteDriver()(path);
    return {
      ...db,
      prepare: (sql) => {
        const statement = db.prepare(sql);
        if (!/sqlite_sequence/.test(sql)) return statement;
        return {
          all: (...values) => statement.all(...values),
          run: (...values) => statement.run(...values),
          get: (...values) => {
            const row = statement.get(...values);
            void between();
            return row;
          },
        };
      },
    };
  };
  const reader = openReader({ folder, log: silentLog, wall: () => 0, driver: interrupted }, "reader");
  try {
    await writer.write(states(1));
    await writer.write(states(2));
    between = () => writer.write(states(3));
    const { entries, ...page } = await reader.journal({ after: 0, limit: 9 });
    assert.deepEqual(page, { next: 2, more: false, oldest: 1, passed: false });
    assert.deepEqual(
      entries.map(({ number }) => number),
      [1, 2],
    );
    between = () => writer.prune({ journalAtMost: 1 });
    const pruned = await reader.journal({ after: 0, limit: 9 });
    assert.deepEqual([pruned.entries.length, pruned.passed], [3, false], "nothing is passed in silence");
  } finally {
    await reader.close();
    await writer.close();
    remove(folder);
  }
});

test("what is said after each write costs the same for many points as for one", async () => {
  const folder = folderForTest();
  const plan: FaultPlan = { calls: 0, at: 0, times: 0, kind: "full", after: false };
  const store = openLocalSqliteStore(folder, silentLog, () => 0, faultyDriver(sqliteDriver(), plan));
  const write = (time: number, points: number) =>
    store.write({ readings: Array.from({ length: points }, (_, n) => ({ point: `p${n}`, reading: reading(time) })) });
  try {
    await write(5_000, 500);
    await write(9_000, 1);
    assert.equal(store.figures().newestReading, 9_000);
    const before = plan.calls;
    await write(7_000, 1);
    assert.equal(store.figures().newestReading, 9_000);
    assert.ok(plan.calls - before < 50, `${plan.calls - before} calls`);
    Object.assign(plan, { at: plan.calls + 10, times: 1 });
    await assert.rejects(write(11_000, 20));
    assert.equal(store.figures().newestReading, 9_000);
    await write(11_000, 2);
    assert.equal(store.figures().newestReading, 11_000);
    await store.prune({ readings: 12_000 });
    assert.equal(store.figures().newestReading, null);
  } finally {
    await store.close();
    remove(folder);
  }
});

test("the memory for pages grows with the points that are written, and a single one needs no more than before", async () => {
  const folder = folderForTest();
  const sizes: string[] = [];
  const noting: SqliteDriver = (path) => {
    const db = sqliteDriver()(path);
    const exec = (sql: string): void => {
      sizes.push(...(sql.match(/cache_size = -\d+/) ?? []));
      db.exec(sql);
    };
    return { ...db, exec };
  };
  const store = openLocalSqliteStore(folder, silentLog, () => 0, noting);
  try {
    const write = (points: number) =>
      store.write({ memos: Array.from({ length: points }, (_, n) => ({ point: `p${n}`, name: "a", text: "b" })) });
    await write(1);
    await write(6_400);
    assert.deepEqual(sizes, ["cache_size = -16000"]);
    await write(6_401);
    await write(6_401);
    assert.deepEqual(sizes.slice(1), ["cache_size = -20000"]);
    await write(26_000);
    assert.deepEqual(sizes.slice(2), ["cache_size = -64000"]);
  } finally {
    await store.close();
    remove(folder);
  }
});

test("a register state that is stored already leaves no second proof behind", async () => {
  const folder = folderForTest();
  const store = openLocalSqliteStore(folder, silentLog, () => 0);
  const proof = { time: 1, table: "BT23", offset: null, raw: null, profile: null, clockOffset: null, note: "read" };
  for (let n = 0; n < 3; n++) await store.write({ registers: [register({ proof: { ...proof } })] });
  await store.close();
  const db = new DatabaseSync(join(folder, "meterport.db"));
  assert.equal(db.prepare("SELECT count(*) AS n FROM proof").get()?.n, 1);
  db.close();
  remove(folder);
});
