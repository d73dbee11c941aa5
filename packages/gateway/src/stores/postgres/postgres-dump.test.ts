import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { emptyReading } from "@meterport/protocol/meaning/readings";
import { peer } from "../../../../../test/support/peers.ts";
import { startPostgres } from "../../../../../test/support/postgres.ts";
import { databaseCommands } from "./postgres-dump.ts";
import { openPostgresStore } from "./postgres-store.ts";

test("the commands name server, schema and file, and no password", () => {
  const { dump, restore, shown } = databaseCommands(
    "postgres://me:s%2Fcret@db.example:5433/meters?schema=home&sslmode=verify-full&sslrootcert=/etc/ca.pem&password=cret&options=-c%20x%3Dcret",
    "/srv/a copy/it's.dump",
  );
  assert.equal(shown, "postgres://me@db.example:5433/meters");
  const address = "'postgres://me@db.example:5433/meters?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem'";
  assert.equal(dump, `pg_dump --format=custom --file='/srv/a copy/it'\\''s.dump' ${address}`);
  assert.equal(
    restore,
    `psql --command='ALTER SCHEMA home RENAME TO home_before' --command='CREATE SCHEMA home' ${address} && pg_restore --schema=home --dbname=${address} '/srv/a copy/it'\\''s.dump'`,
  );
});

test("a Unix socket and an address without a password stay as they are", () => {
  const { dump } = databaseCommands("postgres://me@/meters?host=/run/postgresql", "m.dump");
  assert.equal(dump, "pg_dump --format=custom --file=m.dump 'postgres://me@/meters?host=%2Frun%2Fpostgresql'");
  assert.match(databaseCommands("postgresql://h/meters", "m.dump").dump, / postgresql:\/\/h\/meters$/);
});

const { skip } = peer("pg_createcluster");

test("a store that was dumped and restored with these commands is as it was", { skip }, async () => {
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), "meterport-dump-"));
  const open = () => openPostgresStore(`${server.url}?schema=kept`, { log: silentLog, wall: () => 0 });
  // What the tools would ask for.
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(new URL(server.url).password) };
  const run = (command: string) => execFileSync("sh", ["-c", command], { env, stdio: ["ignore", "ignore", "inherit"] });
  const at = (time: number) => ({
    point: "home",
    reading: { ...emptyReading(new Date(time).toISOString(), "good"), power_w: 7, energy_import_wh: time },
  });
  try {
    const { dump, restore } = databaseCommands(`${server.url}?schema=kept`, join(folder, "meterport.dump"));
    let store = await open();
    await store.write({ readings: [at(1_000)], memos: [{ point: "home", name: "n", text: "kept" }] });
    run(dump);
    await store.write({ readings: [at(2_000)], memos: [{ point: "home", name: "n", text: null }] });
    await store.close();
    run(restore);
    store = await open();
    assert.equal((await store.lastRegisters("home"))?.time, 1_000);
    assert.equal(await store.memo("home", "n"), "kept");
    await store.write({ readings: [at(3_000)] });
    assert.equal((await store.readings("home", { from: 0, to: 9_000, limit: 9 })).length, 2);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
});
