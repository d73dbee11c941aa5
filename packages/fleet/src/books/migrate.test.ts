import assert from "node:assert/strict";
import { after, test } from "node:test";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "./database.ts";
import { FleetServer, sleep } from "./fleet-database.test-kit.ts";
import { checkFleet, checkPresent, makeFleet, migrate, migrations } from "./migrate.ts";
import {
  dropMonths,
  makeMonthsAhead,
  monthlyTables,
  monthOf,
  monthsIn,
  packMonth,
  pruneEvents,
  pruneGaps,
} from "./partitions.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

test("many processes that start at once make the tables once", { skip }, async () => {
  const databases = await Promise.all(Array.from({ length: 5 }, () => servers.connect("together")));
  await Promise.all(databases.map((database) => migrate(database, { sleep })));
  const [database] = databases;
  const { rows } = (await database?.run("SELECT version FROM fleet_migration")) ?? {};
  assert.deepEqual(
    rows,
    migrations.map((_, n) => ({ version: n + 1 })),
  );
});

/** What the statements of a version rely on: columns with their types, keys for ON CONFLICT, functions. */
const shapeOf = async (database: Database): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await database.run(
    `SELECT 'column ' || c.relname || '.' || attname AS what, format_type(atttypid, atttypmod) AS is,
        attnotnull AND NOT atthasdef AND attidentity = '' AS needed
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
      WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'key ' || i.indrelid::regclass || ' ' || pg_get_indexdef(indexrelid, 0, true), '', false
      FROM pg_index i JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = to_regnamespace($1) AND indisunique
    UNION ALL SELECT 'function ' || proname, pg_get_function_arguments(oid) || ' ' || pg_get_function_result(oid), false
      FROM pg_proc WHERE pronamespace = to_regnamespace($1)`,
    [database.place.schema],
  );
  return new Map(
    rows.map(({ what, is, needed }) => [String(what), `${String(is)}${needed === true ? ", needed" : ""}`]),
  );
};

test("what an older process relies on stays as it is with each migration, so it goes on beside newer ones", {
  skip,
}, async () => {
  const database = await servers.connect();
  let before: ReadonlyMap<string, string> = new Map();
  let tables = new Set<string>();
  // The first of which processes ran.
  for (let version = 8; version <= migrations.length; version++) {
    await migrate(database, { sleep, steps: migrations.slice(0, version) });
    const now = await shapeOf(database);
    for (const [what, is] of before) assert.equal(now.get(what), is, `version ${version}: ${what}`);
    for (const [what, is] of now) {
      const table = /^column (\w+)\./.exec(what)?.[1] ?? "";
      const isNew = !before.has(what) && tables.has(table);
      // Rows of older processes do not name it.
      if (isNew) assert.doesNotMatch(is, /needed/, `version ${version}: ${what}`);
      if (what.startsWith("key ") && !before.has(what))
        for (const old of tables) assert.doesNotMatch(what, new RegExp(`^key (\\w+\\.)?${old} `), `version ${version}`);
    }
    before = now;
    tables = new Set([...now.keys()].flatMap((what) => /^column (\w+)\./.exec(what)?.[1] ?? []));
  }
  assert.ok(before.size > 150, `${before.size}`);
});

test("a database of a newer Meterport is refused in a sentence that says what to do", { skip }, async () => {
  const database = await servers.fleet();
  await database.run("INSERT INTO fleet_migration (version) VALUES (99)");
  for (const look of [() => migrate(database, { sleep }), () => checkPresent(database)])
    await assert.rejects(look, /was written by a newer Meterport \(version 99, this one knows \d+\): update Meterport/);
});

test("a schema without a fleet is refused, and so is one that an older Meterport wrote", { skip }, async () => {
  const database = await servers.connect();
  await assert.rejects(checkPresent(database), /has no fleet in the schema fleet_\d+: run meterport fleet init/);
  await migrate(database, { sleep });
  await assert.rejects(checkFleet(database, "a"), /has no fleet: run meterport fleet init/);
  await database.run("DELETE FROM fleet_migration WHERE version > 1");
  await assert.rejects(
    checkPresent(database),
    /by an older Meterport \(version 1, this one needs \d+\): run meterport/,
  );
  await database.run("DELETE FROM fleet_migration");
  await assert.rejects(checkPresent(database), /has no fleet/);
});

test("two fleets on one database do not book into each other", { skip }, async () => {
  const [north, south] = [await servers.fleet(), await servers.fleet()];
  assert.equal((await checkFleet(south, "test")).shards, 16);
  await assert.rejects(
    checkFleet(north, "other"),
    /the schema fleet_\d+ of the database postgres:\/\/meterport@\S+ belongs to the fleet "Test" \(test\), not to other: name the schema/,
  );
  await assert.rejects(makeFleet(north, { id: "test", name: "Test", shards: 8 }), /has 16 shards, not 8/);
  await north.run("INSERT INTO site (id, name, shard, zone) VALUES ('a', 'A', 1, 'UTC')");
  assert.deepEqual((await south.run("SELECT * FROM site")).rows, []);
});

test("a migration waits for a long reader without holding up others, and then succeeds", { skip }, async () => {
  const server = await servers.server();
  const database = await servers.fleet();
  const { schema } = database.place;
  const release = await server.hold(`BEGIN; SELECT count(*) FROM ${schema}.site`);
  const steps = [...migrations, "ALTER TABLE site ADD COLUMN note text"];
  const waits: number[] = [];
  await migrate(database, {
    lockTimeout: 100,
    steps,
    sleep: async (time) => {
      waits.push(time);
      // Between two tries everybody else gets the table at once.
      assert.deepEqual((await database.run("SELECT count(*)::int AS n FROM site")).rows, [{ n: 0 }]);
      if (waits.length === 2) await release();
    },
  });
  assert.equal(waits.length, 2);
  assert.equal((await database.run("SELECT note FROM site")).count, 0);
});

test("an index is built beside writers, and begins again where it was cut off", { skip }, async () => {
  const server = await servers.server();
  const database = await servers.connect();
  const { schema } = database.place;
  const last = migrations.findIndex((step) => typeof step !== "string");
  await migrate(database, { sleep, steps: migrations.slice(0, last) });
  // What a build leaves behind that was cut off.
  await database.run("CREATE INDEX target_turn ON target (campaign_id)");
  const release = await server.hold(`BEGIN; LOCK TABLE ${schema}.target IN ROW EXCLUSIVE MODE`);
  const done = migrate(database, { sleep });
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'";
  await until("the index waits for the writer", () => server.sql(waiting) !== "");
  await database.run("UPDATE target SET attempts = attempts + 1");
  await release();
  await done;
  await checkPresent(database);
  const { rows } = await database.run("SELECT indexdef FROM pg_indexes WHERE indexname = 'target_turn'");
  assert.match(String(rows[0]?.indexdef), /\(campaign_id, attempts, next_at, meter_id, shard\)/);
});

test("a migration gives up after its tries, and leaves the tables as they were", { skip }, async () => {
  const server = await servers.server();
  const database = await servers.fleet();
  const release = await server.hold(`BEGIN; SELECT count(*) FROM ${database.place.schema}.site`);
  const steps = [...migrations, "ALTER TABLE meter ADD COLUMN note text; ALTER TABLE site ADD COLUMN note text"];
  await assert.rejects(migrate(database, { lockTimeout: 50, tries: 2, steps, sleep: async () => {} }), /took too long/);
  await release();
  await checkPresent(database);
  await assert.rejects(database.run("SELECT note FROM meter"), /does not exist/);
});

test("months are made ahead and dropped while readers and writers are in the table", { skip }, async () => {
  const server = await servers.server();
  const database = await servers.fleet();
  const now = Date.UTC(2026, 10, 29);
  assert.equal(await makeMonthsAhead(database, now), 4 * monthlyTables.length);
  assert.equal(await makeMonthsAhead(database, now), 0);
  const { schema } = database.place;
  const row = `(1, '2026-12-01', '{1}', '{9}', '{@}')`;
  const release = await server.hold(`SET search_path = ${schema}; BEGIN; INSERT INTO profile_day VALUES ${row}`);
  assert.equal(await makeMonthsAhead(database, Date.UTC(2026, 11, 29)), monthlyTables.length);
  await release();
  assert.deepEqual(await dropMonths(database, "profile_day", { before: Date.UTC(2027, 0, 5), detachOnly: true }), [
    "profile_day_2026_11",
    "profile_day_2026_12",
  ]);
  const { of, droppedBefore } = await monthsIn(database.run);
  assert.equal(of.get("profile_day")?.size, 3);
  assert.equal(of.get("block")?.size, 5);
  assert.equal(droppedBefore.get("profile_day"), 12 * 2027);
  // The session ended without a commit.
  assert.equal((await database.run("SELECT * FROM profile_day_2026_12")).count, 0);
});

test("a month whose detaching was cut off is finished by the next one", { skip }, async () => {
  const server = await servers.server();
  const database = await servers.fleet();
  await makeMonthsAhead(database, Date.UTC(2026, 10, 29));
  const { schema } = database.place;
  const release = await server.hold(`SET search_path = ${schema}; BEGIN; SELECT * FROM profile_day`);
  await assert.rejects(
    database.session(async (run) => {
      await run("SET statement_timeout = 300");
      await run("ALTER TABLE profile_day DETACH PARTITION profile_day_2026_11 CONCURRENTLY");
    }),
    /took too long/,
  );
  await release();
  const { rows } = await database.run("SELECT 1 FROM pg_inherits WHERE inhdetachpending");
  assert.equal(rows.length, 1);
  await dropMonths(database, "profile_day", { before: Date.UTC(2027, 0, 5) });
  assert.equal((await database.run("SELECT 1 FROM pg_inherits WHERE inhdetachpending")).rows.length, 0);
});

test("old events and the gaps of dropped months go, those that last or are kept stay", { skip }, async () => {
  const database = await servers.fleet();
  await database.run("INSERT INTO metering_point (id, name) VALUES ('home', 'Home')");
  await database.run(
    `INSERT INTO event SELECT 1, n::text, timestamptz '2026-01-01Z' + n * interval '1 day',
        CASE n WHEN 3 THEN timestamptz '2027-01-01Z' END, 'log', NULL, 'meter', '', now() FROM generate_series(1, 20) AS s (n)`,
  );
  await database.run("INSERT INTO gap VALUES (1, '2026-09-30', '0', '1'), (1, '2026-10-01', '0', '1')");
  assert.equal(await pruneEvents(database, Date.UTC(2026, 0, 11, 12)), 9);
  assert.equal(await pruneGaps(database), 0);
  await dropMonths(database, "profile_day", { before: Date.UTC(2026, 9, 15) });
  assert.equal(await pruneGaps(database), 1);
  assert.deepEqual((await database.run("SELECT day::text AS day FROM gap")).rows, [{ day: "2026-10-01" }]);
});

test("a month that is over is packed to half of its bytes, once", { skip }, async () => {
  const database = await servers.fleet();
  await makeMonthsAhead(database, Date.UTC(2026, 7, 1), 0);
  await database.run(
    `INSERT INTO profile_day SELECT n, '2026-08-01', array_fill(n, ARRAY[96]), array_fill('9'::"char", ARRAY[96]), array_fill('@'::"char", ARRAY[96])
      FROM generate_series(1, 500) AS s (n)`,
  );
  const bytes = async () =>
    Number((await database.run("SELECT pg_relation_size('profile_day_2026_08') AS bytes")).rows[0]?.bytes);
  const before = await bytes();
  const month = monthOf(Date.UTC(2026, 7, 1));
  assert.equal(await packMonth(database, "profile_day", month), true);
  assert.ok((await bytes()) <= 0.5 * before, `${await bytes()} of ${before} bytes`);
  assert.equal(await packMonth(database, "profile_day", month), false);
  assert.equal(await packMonth(database, "profile_day", month + 1), false);
  assert.equal((await database.run("SELECT sum(raw[96])::int AS sum FROM profile_day")).rows[0]?.sum, 125_250);
});
