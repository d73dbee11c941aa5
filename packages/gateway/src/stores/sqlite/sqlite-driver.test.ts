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
