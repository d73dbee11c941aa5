import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { type SqliteSources, sqliteDriver, thisNode } from "./sqlite-driver.ts";

const node20 = (libsql: SqliteSources["libsql"]): SqliteSources => ({
  builtIn: () => undefined,
  libsql,
  nodeVersion: "20.20.2",
});

const failure = (message: string, code?: string): Error => Object.assign(new Error(message), code && { code });

test("uses the SQLite of this Node and does not look for libsql", () => {
  const libsql = () => assert.fail("libsql was loaded");
  const db = sqliteDriver({ ...thisNode, libsql })(":memory:");
  assert.equal(db.prepare("SELECT ? AS value").get(7)?.value, 7);
  db.close();
});

test("uses libsql if Node has no SQLite, with values, names, and a close that may come twice", () => {
  const db = sqliteDriver({ ...thisNode, builtIn: () => undefined })(":memory:");
  db.exec("CREATE TABLE t (a INTEGER, b REAL, c TEXT)");
  assert.equal(Number(db.prepare("INSERT INTO t VALUES (?, ?, ?)").run(1, null, "x").changes), 1);
  assert.deepEqual(db.prepare("SELECT a, b, c FROM t WHERE a = :a").all({ a: 1 }), [{ a: 1, b: null, c: "x" }]);
  assert.equal(db.prepare("SELECT a FROM t WHERE a = ?").get(2), undefined);
  db.close();
  db.close();
});

for (const [name, sources] of Object.entries({
  "Node's SQLite": thisNode,
  libsql: { ...thisNode, builtIn: () => undefined },
}))
  test(`${name}: whatever the id of the row that was inserted last, statements run and say what they changed`, () => {
    const db = sqliteDriver(sources)(":memory:");
    try {
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER); CREATE TABLE k (k TEXT PRIMARY KEY) WITHOUT ROWID");
      const changes = (sql: string, ...values: readonly number[]) => Number(db.prepare(sql).run(...values).changes);
      const insert = "INSERT INTO t VALUES ((? << 42) | ?, 1) ON CONFLICT DO NOTHING";
      // 2048 << 42 is 2^53, and 2097151 << 42 the largest that SQLite has.
      for (const point of [2_047, 2_048, 5_000, 2_097_151]) {
        assert.equal(changes(insert, point, 7), 1, `point ${point}`);
        assert.equal(changes(insert, point, 7), 0, `point ${point} again`);
      }
      assert.equal(changes("INSERT INTO t VALUES (-9007199254740993, 1)"), 1);
      assert.equal(changes("INSERT INTO k VALUES ('without an id')"), 1);
      assert.equal(changes("UPDATE t SET a = 2"), 5);
      assert.equal(changes("INSERT INTO t SELECT id - 1, 3 FROM t"), 5);
      assert.equal(changes("DELETE FROM t WHERE a = 3"), 5);
      assert.deepEqual(
        db
          .prepare("SELECT id >> 42 AS point, id & 0x3ffffffffff AS time, a FROM t WHERE id > 0 ORDER BY id")
          .all()
          .map((row) => ({ ...row })),
        [2_047, 2_048, 5_000, 2_097_151].map((point) => ({ point, time: 7, a: 2 })),
      );
    } finally {
      db.close();
    }
  });

test("without either, reports the package and what to do in one sentence", () => {
  const missing = node20(() => {
    throw failure("Cannot find module 'libsql'\nRequire stack:\n- sqlite-driver.js", "MODULE_NOT_FOUND");
  });
  assert.throws(
    () => sqliteDriver(missing),
    (error) =>
      error instanceof UsageError &&
      error.message ===
        "Node 20.20.2 has no SQLite of its own, and the package libsql is not installed: run npm install libsql@0.5 where Meterport is installed, or use Node 24",
  );
});

test("does not report libsql without a binary for this machine as missing", () => {
  for (const error of [
    failure("Cannot find module '@libsql/linux-riscv64-gnu'\nRequire stack:", "MODULE_NOT_FOUND"),
    failure("wrong ELF class"),
  ]) {
    const broken = node20(() => {
      throw error;
    });
    const first = error.message.split("\n")[0] ?? "";
    assert.throws(
      () => sqliteDriver(broken),
      (thrown) => thrown instanceof UsageError && thrown.message.includes(`libsql does not load (${first}): run npm`),
    );
  }
});
