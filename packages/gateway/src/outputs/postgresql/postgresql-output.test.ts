import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { peer } from "../../../../../test/support/peers.ts";
import { type Server, startPostgres } from "../../../../../test/support/postgres.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { firstHour, hour, OutputWorld, until } from "../output-world.test-kit.ts";
import { sampleChanges, sampleTime } from "../sample-changes.test-kit.ts";
import { databaseProblem, placeOfUrl } from "./database-problem.ts";
import { openPostgresql } from "./postgresql-output.ts";
import type { PostgresqlSettings } from "./postgresql-settings.ts";
import { definitions, hypertable, rowOf, tables, upsert } from "./tables.ts";

const { skip } = peer("pg_createcluster");
const secret = (text: string): Secret => new Secret(new TextEncoder().encode(text));

describe("the tables of the output postgresql", () => {
  test("tables and rows match their golden files", () => {
    const made = Object.values(tables).flatMap((table) => definitions("meter_values", table));
    matchesGolden(new URL("golden/tables.sql", import.meta.url), `${made.join(";\n")};\n`);
    const rows = sampleChanges.map((entry) => ({ table: rowOf(entry).table.name, row: rowOf(entry).row }));
    matchesGolden(new URL("golden/rows.json", import.meta.url), rows);
  });

  test("of two rows with one key in a batch the last one counts", () => {
    const [first] = sampleChanges;
    const { table, row } = rowOf(first ?? assert.fail());
    const { values } = upsert("s", table, [row, { ...row, value: 7, change: 9 }]);
    assert.deepEqual(values[4], [7]);
  });

  test("a problem is one sentence without the password", () => {
    const place = placeOfUrl("postgres://me:p%40ss-canary@h:5/db?sslmode=disable");
    assert.deepEqual(place, { shown: "postgres://me@h:5/db", password: "p@ss-canary" });
    const failure = (code: string, message = "x") =>
      databaseProblem(Object.assign(new Error(message), { code }), place).message;
    assert.equal(failure("28P01"), "the database postgres://me@h:5/db refuses the login: check user and password");
    assert.match(failure("ECONNREFUSED"), /cannot be reached: nothing listens there/);
    assert.match(failure("XX000", "odd p@ss-canary\nmore"), /cannot be used: odd …$/);
    assert.throws(() => placeOfUrl("mysql://me:canary@h/db"), /^Error: url is not the address of a database: write/);
    assert.throws(() => placeOfUrl("postgres://me:canary@h"), /^Error: url names no database/);
  });
});

describe("the output postgresql", { skip }, () => {
  let server: Server;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  const within = async (work: (world: OutputWorld) => Promise<void>): Promise<void> => {
    const world = new OutputWorld();
    try {
      await work(world);
      assert.ok(!world.lines.join().includes(server.password));
    } finally {
      await world.done();
      server.sql("DROP SCHEMA IF EXISTS meter_values CASCADE");
    }
  };
  const start = (world: OutputWorld, more: object = {}): void =>
    world.start({
      name: "postgresql",
      begins: "oldest",
      open: openPostgresql({ url: secret(server.url), ...more } as PostgresqlSettings),
    });

  test("each kind of change is a row, and the same again changes nothing", () =>
    within(async (world) => {
      await world.store.write({
        intervals: sampleChanges.flatMap((entry) => (entry.kind === "interval" ? [entry.interval] : [])),
        registers: sampleChanges.flatMap((entry) => (entry.kind === "register" ? [entry.register] : [])),
        events: sampleChanges.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])),
        devices: sampleChanges.flatMap((entry) => (entry.kind === "device" ? [entry.device] : [])),
      });
      start(world);
      await world.delivered();
      const count = (): string =>
        server.sql(
          ["intervals", "registers", "events", "devices"]
            .map((name) => `SELECT count(*) FROM meter_values.${name}`)
            .join(" UNION ALL "),
        );
      assert.equal(count(), "2\n1\n1\n1");
      assert.equal(
        server.sql(
          "SELECT value IS NULL, quality, flags FROM meter_values.intervals WHERE channel = 'energy_export_wh'",
        ),
        "t|missing|powerFail clockError",
      );
      // From the beginning again, as after the loss of its position.
      await world.outputs.stop();
      await world.store.setCursor("output:postgresql", 0);
      start(world);
      await world.delivered();
      assert.equal(count(), "2\n1\n1\n1");
    }));

  test("a value that a better source or a longer interval replaced is replaced, also by unknown", () =>
    within(async (world) => {
      start(world);
      const common = { point: "home", channel: "energy_import_wh", end: firstHour + hour, seconds: 900 } as const;
      const rest = { flags: [], register: null, quality: "good" } as const;
      await world.store.write({ intervals: [{ ...common, ...rest, value: 250, source: "difference" }] });
      await world.store.write({ intervals: [{ ...common, ...rest, value: 251, source: "profile" }] });
      await world.delivered();
      const shown = () => server.sql("SELECT value, source, revision FROM meter_values.intervals");
      assert.equal(shown(), "251|profile|2");
      await world.store.write({
        intervals: [{ ...common, ...rest, value: null, source: "manual", quality: "suspect" }],
      });
      await world.delivered();
      assert.equal(shown(), "|manual|3");
    }));

  test("readings are written if that is on, and none of a stale meter", () =>
    within(async (world) => {
      start(world, { live_values: true, batch: 30 });
      await world.is("up");
      world.home.read(sampleTime, { power_w: 512.5 });
      world.home.goStale();
      const rows = () => server.sql("SELECT point, power_w, voltage_l1_v IS NULL, quality FROM meter_values.readings");
      await until("the reading", () => rows() !== "");
      assert.equal(rows(), "home|512.5|t|good");
    }));

  test("texts of any kind come back as they were, except NUL", () =>
    within(async (world) => {
      const detail = `'; DROP TABLE x; -- "\\ \n é \u0000 ${"x".repeat(3_000)}`;
      const event = { point: "home", id: "a'b", time: sampleTime, until: null, kind: "x", number: null } as const;
      await world.store.write({ events: [{ ...event, origin: "meter", detail }] });
      start(world);
      await world.delivered();
      assert.equal(server.sql("SELECT detail FROM meter_values.events"), detail.replace("\0", "�"));
    }));

  test("a newer release adds its columns, and tables of somebody else are not touched", () =>
    within(async (world) => {
      start(world);
      await world.is("up");
      await world.outputs.stop();
      server.sql("ALTER TABLE meter_values.readings DROP COLUMN frequency_hz");
      start(world, { live_values: true, batch: 30 });
      await world.is("up");
      world.home.read(sampleTime, { frequency_hz: 50.01 });
      await until("the reading", () => server.sql("SELECT frequency_hz FROM meter_values.readings") === "50.01");
      await world.outputs.stop();
      server.sql(
        "DROP SCHEMA meter_values CASCADE; CREATE SCHEMA meter_values; CREATE TABLE meter_values.events (mine int)",
      );
      start(world);
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /meter_values\.events has no column point, so it is not ours/);
      assert.equal(server.sql("SELECT * FROM meter_values.events"), "");
    }));

  test("a login that is wrong, or a missing database, is one sentence", () =>
    within(async (world) => {
      start(world, { url: secret(server.url.replace(/:[^:@]+@/, ":canary@")) });
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /refuses the login: check user and password$/);
      await world.outputs.stop();
      start(world, { url: secret(server.url.replace(/\/postgres$/, "/nowhere")) });
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /does not exist: create it with createdb/);
    }));

  test("a user who may not make schemas uses the one that was made for it", () =>
    within(async (world) => {
      server.sql(
        "DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN PASSWORD 'pw'; CREATE SCHEMA meter_values AUTHORIZATION plain",
      );
      start(world, { url: secret(server.url.replace(/\/\/.*@/, "//plain:pw@")) });
      await world.is("up");
      await world.change(3);
      await world.delivered();
      assert.equal(server.sql("SELECT count(*) FROM meter_values.intervals"), "3");
    }));

  test("where TimescaleDB is, tables with times are given to it", () =>
    within(async (world) => {
      server.sql(
        "CREATE TABLE asked (what text); CREATE FUNCTION create_hypertable(r regclass, c name, if_not_exists bool, migrate_data bool) RETURNS void LANGUAGE sql AS $$ INSERT INTO asked VALUES (r::text || ' ' || c) $$",
      );
      try {
        start(world);
        await world.is("up");
        assert.equal(
          server.sql("SELECT what FROM asked ORDER BY 1"),
          "meter_values.intervals end_time\nmeter_values.readings time",
        );
        assert.match(hypertable("s", tables.intervals), /if_not_exists => true/);
      } finally {
        server.sql("DROP FUNCTION create_hypertable; DROP TABLE asked");
      }
    }));
});
