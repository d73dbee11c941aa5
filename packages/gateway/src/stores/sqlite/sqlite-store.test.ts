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
import { storeContract } from "../store-contract.test-kit.ts";
import { sqliteDriver, thisNode } from "./sqlite-driver.ts";
import { openSqliteStore } from "./sqlite-store.ts";

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
  const open = (folder: string, log: Log = silentLog, wall = () => 0) => openSqliteStore(folder, log, wall, driver);

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
      done: async () => {
        await store.close();
        remove(folder);
      },
    };
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

test("a process killed while writing loses nothing that was acknowledged", async () => {
  const folder = folderForTest();
  try {
    for (let round = 0; round < 2; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "endless-writer.test-kit.ts"), folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let seen = "";
      for await (const chunk of child.stdout) {
        seen += String(chunk);
        if (seen.length > 500 && child.exitCode === null) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      assert.equal(child.signalCode, "SIGKILL");
      const acknowledged = Number(seen.slice(0, seen.lastIndexOf("\n")).split("\n").at(-1));
      assert.ok(acknowledged > 50, `only ${acknowledged}`);
      const store = openSqliteStore(folder, silentLog, () => 0);
      const points = await store.history("home", { from: 0, step: 1, count: acknowledged + 1 });
      points.forEach((point, n) => {
        assert.equal(point.power_w, n);
      });
      await store.close();
    }
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
    const store = openSqliteStore(folder, log, () => Date.UTC(2026, 0, 1));
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
      () => openSqliteStore(folder, silentLog, () => 0),
      /written by a newer Meterport \(database version 99/,
    );
    assert.deepEqual(readdirSync(folder), ["meterport.db"]);
  } finally {
    remove(folder);
  }
});

test("a folder that cannot be created is one clear sentence", async () => {
  const folder = folderForTest();
  try {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => openSqliteStore(join(folder, "file", "data"), silentLog, () => 0),
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
    const store = openSqliteStore(folder, silentLog, () => 0);
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
