import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { silentLog } from "@meterport/engine/ports/log";
import { BackupArchives } from "../../operation/backup-archive.ts";
import { lockDataFolder } from "../../operation/data-lock.ts";
import { StagedRestore, takeStagedRestore } from "../../operation/staged-restore.ts";
import { sqliteDriver } from "../../stores/sqlite/sqlite-driver.ts";
import { addBackup } from "./backup.ts";
import { longestPart, restoreState } from "./routes.ts";

const wall = Date.UTC(2026, 0, 1, 12);

interface Options {
  readonly valuesElsewhere?: boolean;
  readonly free?: () => number;
}

/** A data folder whose database holds one number, and some more. */
const setup = ({ valuesElsewhere = false, free }: Options = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-backup-"));
  const data = join(folder, "data");
  mkdirSync(data);
  const database = <T>(task: (db: ReturnType<ReturnType<typeof sqliteDriver>>) => T): T => {
    const db = sqliteDriver()(join(data, "meterport.db"));
    try {
      return task(db);
    } finally {
      db.close();
    }
  };
  database((db) => {
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER, more BLOB)");
    db.exec("INSERT INTO t VALUES (1, randomblob(3000000))");
  });
  writeFileSync(join(data, "access.json"), "{}");
  const app = new OpenAPIHono();
  const archives = new BackupArchives({ data, valuesElsewhere, wall: () => wall });
  addBackup(app, {
    backup: {
      make: () => archives.make(),
      restore: new StagedRestore({ data, valuesElsewhere, log: silentLog, free }),
    },
  });
  const ask = async (method: string, path: string, body?: object | Uint8Array) => {
    const isBytes = body instanceof Uint8Array;
    const headers = { "content-type": isBytes ? "application/octet-stream" : "application/json" };
    const given = isBytes ? Buffer.from(body) : JSON.stringify(body);
    const answer = await app.request(
      `/api/v1${path}`,
      body === undefined ? { method } : { method, headers, body: given },
    );
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const upload = async (archive: Uint8Array): Promise<void> => {
    for (let offset = 0; offset < archive.length; offset += longestPart) {
      const { status, body } = await ask(
        "PUT",
        `/restore/upload?offset=${offset}`,
        archive.subarray(offset, offset + longestPart),
      );
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.received, Math.min(archive.length, offset + longestPart));
    }
  };
  return {
    data,
    ask,
    upload,
    download: () => app.request("/api/v1/backup"),
    number: () => database((db) => Number((db.prepare("SELECT n FROM t").all()[0] as { n: number }).n)),
    set: (n: number) => database((db) => db.exec(`UPDATE t SET n = ${n}`)),
    end: () => rmSync(folder, { recursive: true }),
  };
};

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

test("a backup goes out as a file, comes back in parts, and is taken in at the next start", async () => {
  const { data, ask, upload, download, number, set, end } = setup();
  const answer = await download();
  const archive = await bytesOf(answer);
  assert.deepEqual(
    [answer.status, answer.headers.get("content-disposition"), answer.headers.get("content-length")],
    [200, 'attachment; filename="meterport-backup-2026-01-01T12-00-00Z.tar"', String(archive.length)],
  );
  assert.ok(archive.length > 2 * longestPart);
  assert.ok(!readdirSync(data).some((name) => name.startsWith("backup")), "nothing of the copy stays");
  set(2);
  assert.equal((await ask("GET", "/restore")).body.state, "none");
  await upload(archive);
  assert.equal((await ask("GET", "/restore")).body.state, "uploading");
  const staged = await ask("POST", "/restore", { bytes: archive.length });
  const { state, received, backup } = restoreState.parse(staged.body);
  assert.deepEqual([state, received, backup?.created, backup?.values], ["staged", 0, "2026-01-01T12:00:00.000Z", true]);
  assert.equal(number(), 2);

  await takeStagedRestore(data, wall, silentLog);
  assert.equal(number(), 1);
  assert.ok(readdirSync(data).some((name) => name.startsWith("meterport.db.before-restore-")));
  assert.equal((await ask("GET", "/restore")).body.state, "none");
  end();
});

test("one backup is made at a time, and a client that leaves makes room for the next", async () => {
  const { data, download, end } = setup();
  const first = await download();
  assert.equal((await download()).status, 503);
  await first.body?.cancel();
  const second = await download();
  assert.equal(second.status, 200);
  await second.arrayBuffer();
  assert.ok(!readdirSync(data).some((name) => name.startsWith("backup")));
  end();
});

test("what is damaged, cut off or no backup changes nothing", async () => {
  const { data, ask, upload, download, number, end } = setup();
  const archive = await bytesOf(await download());
  const damaged = Buffer.from(archive);
  damaged[archive.length - 10_000] = (damaged[archive.length - 10_000] ?? 0) ^ 1;
  const middle = archive.length >> 1;
  damaged[middle] = (damaged[middle] ?? 0) ^ 1;
  for (const [bad, told] of [
    [damaged, /is damaged/],
    [archive.subarray(0, middle), /is cut off/],
    [Buffer.from("not a tar"), /is cut off|not a backup/],
    [Buffer.alloc(10_240), /has no backup\.json/],
  ] as const) {
    await upload(bad);
    const { status, body } = await ask("POST", "/restore", { bytes: bad.length });
    assert.deepEqual([status, body.error], [400, "no-backup"]);
    assert.match(String(body.message), told);
    assert.ok(!readdirSync(data).some((name) => name.startsWith("restore-staged")));
  }
  assert.match(String((await ask("POST", "/restore", { bytes: 5 })).body.message), /^10240 of 5 bytes have arrived/);
  assert.equal((await ask("DELETE", "/restore")).body.state, "none");
  assert.equal(number(), 1);
  end();
});

test("a part that does not continue what is there is told where to go on", async () => {
  const { ask, end } = setup();
  await ask("PUT", "/restore/upload?offset=0", new Uint8Array(10));
  const { status, body } = await ask("PUT", "/restore/upload?offset=20", new Uint8Array(10));
  assert.deepEqual([status, body.error], [409, "not-possible"]);
  assert.match(String(body.message), /^the next part begins at 10/);
  assert.equal((await ask("PUT", "/restore/upload?offset=10", new Uint8Array(5))).body.received, 15);
  assert.equal((await ask("PUT", "/restore/upload?offset=15", new Uint8Array(longestPart + 1))).status, 400);
  end();
});

test("a full disk is told before it is full", async () => {
  const { ask, end } = setup({ free: () => 1e6 });
  const { status, body } = await ask("PUT", "/restore/upload?offset=0", new Uint8Array(10));
  assert.equal(status, 409);
  assert.match(String(body.message), /^the disk has no room for this backup: 1 MB are free/);
  end();
});

test("where the values are in another database, users and tokens alone are copied, and values are refused", async () => {
  const { data, ask, upload, download, end } = setup({ valuesElsewhere: true });
  const own = await bytesOf(await download());
  assert.ok(own.length < 10_000);
  const other = setup();
  const whole = await bytesOf(await other.download());
  other.end();
  await upload(whole);
  assert.match(String((await ask("POST", "/restore", { bytes: whole.length })).body.message), /PostgreSQL database/);
  await upload(own);
  assert.deepEqual((await ask("POST", "/restore", { bytes: own.length })).status, 200);
  await ask("DELETE", "/restore");
  rmSync(join(data, "access.json"));
  const nothing = await download();
  assert.deepEqual([nothing.status, ((await nothing.json()) as { error: string }).error], [409, "not-possible"]);
  end();
});

test("a staged backup that cannot be taken in is put aside, and one of a running daemon waits", async () => {
  const { data, ask, upload, download, number, set, end } = setup();
  const archive = await bytesOf(await download());
  set(2);
  await upload(archive);
  await ask("POST", "/restore", { bytes: archive.length });
  const lock = lockDataFolder(data);
  await assert.rejects(takeStagedRestore(data, wall, silentLog), { code: "folder-in-use" });
  lock.release();
  assert.equal((await ask("GET", "/restore")).body.state, "staged");
  writeFileSync(join(data, "restore-staged", "access.json"), "changed");
  const errors: string[] = [];
  await takeStagedRestore(data, wall, { ...silentLog, error: (text) => void errors.push(text) });
  assert.match(
    errors.join(),
    /access\.json is damaged.*; the backup is now in .*restore-staged-failed-.*, and the data is as it was/,
  );
  assert.equal(number(), 2);
  assert.equal(readFileSync(join(data, "access.json"), "utf8"), "{}");
  end();
});

test("a gateway that keeps no data says so", async () => {
  const app = new OpenAPIHono();
  addBackup(app, {});
  for (const path of ["backup", "restore"]) assert.equal((await app.request(`/api/v1/${path}`)).status, 503);
});
