import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { sqliteDriver, thisNode } from "../stores/sqlite/sqlite-driver.ts";
import { daemonRecord, lockDataFolder } from "./data-lock.ts";

const inFolder = async (work: (folder: string) => Promise<void> | void): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-lock-"));
  try {
    await work(folder);
  } finally {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  }
};

const record = { pid: 4711, url: "http://127.0.0.1:8765", version: "0.1.0", started: "2026-01-01T00:00:00.000Z" };

for (const [name, driver] of Object.entries({
  "Node's SQLite": sqliteDriver(),
  libsql: sqliteDriver({ ...thisNode, builtIn: () => undefined }),
}))
  test(`${name}: a second daemon on a folder is refused in one sentence that names the first`, () =>
    inFolder((folder) => {
      const lock = lockDataFolder(folder, driver);
      assert.equal(daemonRecord(folder), undefined);
      lock.record(record);
      assert.deepEqual(daemonRecord(folder), record);
      assert.throws(
        () => lockDataFolder(folder, driver),
        (error) =>
          error instanceof UsageError &&
          error.message ===
            `another Meterport daemon (process 4711, http://127.0.0.1:8765) uses the data folder ${folder}: stop it, or set another folder with --data or METERPORT_DATA`,
      );
      lock.release();
      assert.equal(daemonRecord(folder), undefined);
      lockDataFolder(folder, driver).release();
    }));

test("a process that is killed leaves no lock behind, though its record stays", () =>
  inFolder(async (folder) => {
    const script = `
      const { lockDataFolder } = await import(${JSON.stringify(new URL("./data-lock.ts", import.meta.url).href)});
      lockDataFolder(process.argv[1]).record(${JSON.stringify(record)});
      process.stdout.write("locked");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(child.stdout, "data");
      assert.throws(() => lockDataFolder(folder), /another Meterport daemon/);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    lockDataFolder(folder).release();
  }));

test("a folder that cannot be written is one sentence, and a record that is no JSON counts as none", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => lockDataFolder(join(folder, "file", "data")),
      (error) =>
        error instanceof UsageError && /^cannot write to the data folder .*METERPORT_DATA$/.test(error.message),
    );
    writeFileSync(join(folder, "daemon.json"), "{");
    assert.equal(daemonRecord(folder), undefined);
    writeFileSync(join(folder, "daemon.json"), '{"pid":"x"}');
    assert.equal(daemonRecord(folder), undefined);
  }));
