import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

/** A data folder whose database holds one number. */
const withData = async (work: (folder: string, set: (n: number) => void, get: () => number) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-backup-"));
  const use = <T>(task: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(join(folder, "data.d", "meterport.db"));
    try {
      return task(db);
    } finally {
      db.close();
    }
  };
  mkdirSync(join(folder, "data.d"));
  use((db) => db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)"));
  writeFileSync(join(folder, "data.d", "access.json"), "{}");
  try {
    await work(
      folder,
      (n) => use((db) => db.exec(`UPDATE t SET n = ${n}`)),
      () => use((db) => Number(db.prepare("SELECT n FROM t").get()?.n)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test("backup and restore: the way there and back, and nothing is lost on it", () =>
  withData(async (folder, set, get) => {
    const [data, copy] = [join(folder, "data.d"), join(folder, "copy")];
    const saved = await runCli(["backup", copy, "--data", data]);
    assert.equal(saved.code, 0, saved.err);
    assert.match(saved.out, /copy: 2 files, 0\.0 MB, as of /);
    assert.deepEqual(readdirSync(copy).sort(), ["access.json", "backup.json", "meterport.db"]);
    assert.equal(statSync(join(copy, "meterport.db")).mode & 0o077, 0);
    set(2);
    writeFileSync(join(data, "sessions.json"), "{}");
    const refused = await runCli(["restore", copy, "--data", data]);
    assert.deepEqual([refused.code, get()], [2, 2]);
    assert.match(refused.err, /add --yes/);
    const back = await runCli(["restore", copy, "--data", data, "--yes"]);
    assert.deepEqual([back.code, get()], [0, 1], back.err);
    assert.match(back.out, /What was there is now: meterport\.db\.before-restore-/);
    assert.equal(readdirSync(data).includes("sessions.json"), false, "who was removed since has no session again");
    const again = await runCli(["backup", copy, "--data", data]);
    assert.deepEqual([again.code, again.err.includes("is not empty: choose another folder")], [2, true]);
  }));

test("restore: the journal goes on behind every number that a reader may have seen", () =>
  withData(async (folder) => {
    const [data, copy] = [join(folder, "data.d"), join(folder, "copy")];
    const inData = <T>(work: (db: DatabaseSync) => T): T => {
      const db = new DatabaseSync(join(data, "meterport.db"));
      try {
        return work(db);
      } finally {
        db.close();
      }
    };
    const note = (count: number): number => {
      let last = 0;
      inData((db) => {
        const insert = db.prepare("INSERT INTO journal (body) VALUES ('{}')");
        for (let n = 0; n < count; n++) last = Number(insert.run().lastInsertRowid);
      });
      return last;
    };
    inData((db) => db.exec("CREATE TABLE journal (number INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)"));
    assert.equal(note(5), 5);
    assert.equal((await runCli(["backup", copy, "--data", data])).code, 0);
    assert.equal(note(20), 25);
    const restore = async () => assert.equal((await runCli(["restore", copy, "--data", data, "--yes"])).code, 0);
    await restore();
    assert.equal(note(1), 26);
    await restore();
    assert.equal(note(1), 27, "also the second time");
    // The disk is a new one, or the old database says nothing.
    writeFileSync(join(data, "meterport.db"), "this is no database, and was one once".repeat(99));
    // When the command believes that it runs.
    const secondsThen = Date.UTC(2026, 0) / 1_000;
    await restore();
    assert.ok(note(1) > secondsThen);
    rmSync(data, { recursive: true });
    await restore();
    assert.ok(note(1) > secondsThen);
  }));

test("backup: removes what an interrupted one left, and no folder of somebody else", () =>
  withData(async (folder) => {
    const [data, copy] = [join(folder, "data.d"), join(folder, "copy")];
    mkdirSync(`${copy}.part`);
    writeFileSync(join(`${copy}.part`, "letters.txt"), "mine");
    const refused = await runCli(["backup", copy, "--data", data]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /copy\.part holds other files/);
    assert.equal(readFileSync(join(`${copy}.part`, "letters.txt"), "utf8"), "mine");
    rmSync(join(`${copy}.part`, "letters.txt"));
    writeFileSync(join(`${copy}.part`, "meterport.db-journal"), "");
    assert.equal((await runCli(["backup", copy, "--data", data])).code, 0);
  }));

test("restore: a damaged, incomplete or foreign backup changes nothing", () =>
  withData(async (folder, set, get) => {
    const [data, copy] = [join(folder, "data.d"), join(folder, "copy")];
    await runCli(["backup", copy, "--data", data]);
    set(2);
    const refusal = async (): Promise<string> => {
      const { code, err } = await runCli(["restore", copy, "--data", data, "--yes"]);
      assert.deepEqual([code, get()], [2, 2]);
      return err;
    };
    const bytes = readFileSync(join(copy, "meterport.db"));
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    writeFileSync(join(copy, "meterport.db"), changed);
    assert.match(await refusal(), /meterport\.db is damaged/);
    writeFileSync(join(copy, "meterport.db"), bytes.subarray(1));
    assert.match(await refusal(), /meterport\.db is damaged/);
    rmSync(join(copy, "meterport.db"));
    assert.match(await refusal(), /is missing: the backup is not complete/);
    const manifest = JSON.parse(readFileSync(join(copy, "backup.json"), "utf8"));
    writeFileSync(join(copy, "backup.json"), JSON.stringify({ ...manifest, files: [{ name: "../../etc/passwd" }] }));
    assert.match(await refusal(), /names files that no backup holds/);
    writeFileSync(join(copy, "backup.json"), "{}");
    assert.match(await refusal(), /is not a backup/);
  }));

test("backup: a folder without a database is one sentence", async () => {
  const { code, err } = await runCli(["backup", "no-such-copy", "--data", "no-such-data"]);
  assert.equal(code, 2);
  assert.match(err, /there is no meterport\.db in .*: give the daemon's data folder with --data/);
});

test("backup and restore with a PostgreSQL store: what is in the folder, and one sentence about the database", () =>
  withData(async (folder) => {
    const [data, copy, config] = [join(folder, "data.d"), join(folder, "copy"), join(folder, "meterport.yaml")];
    writeFileSync(config, 'store: "postgres://me:CANARY@db.example/meters?schema=home"\n', { mode: 0o600 });
    const options = ["--data", data, "--config", config];
    const saved = await runCli(["backup", copy, ...options]);
    assert.equal(saved.code, 0, saved.err);
    assert.deepEqual(readdirSync(copy).sort(), ["access.json", "backup.json"], "not the old meterport.db");
    const dump = `${copy}/meterport.dump`;
    assert.equal(
      saved.err.split("\n")[0],
      `The values are in postgres://me@db.example/meters, which is not copied here; run this too: pg_dump --format=custom --file=${dump} postgres://me@db.example/meters`,
    );
    writeFileSync(join(data, "access.json"), "changed");
    const back = await runCli(["restore", copy, ...options, "--yes", "--json"]);
    assert.equal(back.code, 0, back.err);
    assert.equal(readFileSync(join(data, "access.json"), "utf8"), "{}");
    const command = `psql --command='ALTER SCHEMA home RENAME TO home_before' --command='CREATE SCHEMA home' postgres://me@db.example/meters && pg_restore --schema=home --dbname=postgres://me@db.example/meters ${dump}`;
    assert.equal(JSON.parse(back.out).database, command);
    assert.ok(
      back.err.endsWith(`to restore them too, see docs/postgresql.md if it has TimescaleDB, or run: ${command}\n`),
      back.err,
    );
    const without = await runCli(["restore", copy, "--data", data, "--yes"]);
    assert.match(without.err, /^The backup holds no values: they were in a PostgreSQL database/);
    assert.ok(!`${saved.out}${saved.err}${back.out}${back.err}`.includes("CANARY"));
    for (const name of readdirSync(data).filter((name) => name.startsWith("access"))) rmSync(join(data, name));
    const nothing = await runCli(["backup", join(folder, "other"), ...options]);
    assert.deepEqual([nothing.code, /pg_dump/.test(nothing.err), /needs a copy/.test(nothing.err)], [2, true, true]);
  }));
