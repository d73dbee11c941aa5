import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { OutputWorld, until } from "@meterport/gateway/outputs/output-world.test-kit";
import { peer } from "../../../../test/support/peers.ts";
import { booksOutput } from "./books-output.ts";
import { eventsOf, installationsOf, registersOf } from "./fact-queries.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const quarter = 900_000;
const begin = Date.UTC(2026, 9, 25);
const proof = {
  ...{ time: begin + 86_400_000, table: "BT64", offset: 16, raw: "0a0b0c", profile: "meter:3.70", clockOffset: 250 },
  note: "difference of recorded registers",
};
const interval = (n: number, more: Partial<Interval> = {}): Interval => ({
  ...({
    point: "home",
    channel: "energy_import_wh",
    end: begin + (n + 1) * quarter,
    seconds: 900,
    value: 100 + n,
  } as const),
  ...({ source: "profile", quality: "good", flags: [], register: null, proof } as const),
  ...more,
});

test("a day with every kind of fact arrives whole: values, voids, losses, proofs, registers, events, meters", {
  skip,
}, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const world = new OutputWorld();
  try {
    world.start(
      booksOutput({
        url: `${server.url}?schema=${database.place.schema}`,
        fleet: "test",
        holder: "w1",
        attempt: () => 3,
      }),
    );
    const register = {
      point: "home",
      register: "energy_import_wh",
      tier: 0,
      time: begin,
      value: 12_345_678,
      serial: "0042",
    };
    const event = {
      point: "home",
      id: "log:1",
      time: begin,
      until: null,
      kind: "log",
      number: 7,
      origin: "meter",
    } as const;
    const device = { point: "home", from: begin, to: null, serial: "0042", manufacturer: "NES", model: null } as const;
    await world.store.write({
      intervals: [
        ...[interval(0), interval(1, { flags: ["powerFail"], quality: "partial" }), interval(2, { value: 250.125 })],
        interval(3, { value: null, quality: "missing" }),
        interval(4, { value: null, quality: "suspect", flags: ["replaced"] }),
        interval(5, { seconds: 420 }),
      ],
      registers: [{ ...register, reason: "daily", proof }],
      events: [{ ...event, detail: `{"text":"a\\u0000b"}` }],
      devices: [{ ...device, firmware: "3.70.12", profile: null, start: { energy_import_wh: 5 }, end: null }],
    });
    await world.is("up");
    await world.delivered();
    const days = await database.run(
      `SELECT c.scale::text, d.day::text, array_to_string(d.rank[1:6], '') AS rank, d.raw[1:5] AS raw, array_to_string(d.status[1:3], '') AS status
        FROM profile_day d JOIN channel c USING (channel_id) ORDER BY c.digits`,
    );
    assert.deepEqual(days.rows, [
      { scale: "1", day: "2026-10-25", rank: "9800v0", raw: [100, 101, 0, 0, 0], status: "@A@" },
      { scale: "0.001", day: "2026-10-25", rank: "009000", raw: [0, 0, 250_125, 0, 0], status: "@@@" },
    ]);
    const gaps = await database.run("SELECT substring(gone FROM 1 FOR 6)::text AS gone, slots::text AS slots FROM gap");
    assert.deepEqual(gaps.rows, [{ gone: "000100", slots: "0".repeat(96) }]);
    const blocks = await database.run(
      "SELECT holder, attempt, encode(raw, 'hex') AS raw, what->>'table' AS read, clock_offset_ms, from_at, to_at FROM block",
    );
    // One answer of the meter proves them all.
    assert.deepEqual(blocks.rows, [
      {
        ...{ holder: "w1", attempt: 3, raw: "0a0b0c", read: "BT64", clock_offset_ms: 250 },
        ...{ from_at: new Date(begin), to_at: new Date(begin + 5 * quarter) },
      },
    ]);
    const range = { from: begin, to: begin + 1, limit: 10 };
    assert.deepEqual(await registersOf(database.run, ["home"], range), [
      {
        ...{ point: "home", name: "energy_import_wh", tier: 0, at: begin, raw: 12_345_678, digits: 0 },
        ...{ value: 12_345_678, reason: "daily", serial: "0042" },
      },
    ]);
    const { number: code, time: at, ...same } = event;
    assert.deepEqual(await eventsOf(database.run, ["home"], range), [
      { ...same, at, code, detail: '{"text":"a\\u0000b"}' },
    ]);
    const hung = { ...device, firmware: "3.70.12", profile: null, start: { energy_import_wh: 5 }, end: null };
    assert.deepEqual(await installationsOf(database.run, ["home"]), [hung]);
    assert.match(
      world.lines.join("\n"),
      /1 changes have no place in the books, such as home, energy_import_wh: 105 in 420 s until/,
    );
  } finally {
    await world.done();
  }
});

test("another fleet's database takes nothing, and the output says whose it is", { skip }, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const world = new OutputWorld();
  try {
    world.start(booksOutput({ url: `${server.url}?schema=${database.place.schema}`, fleet: "north", holder: "w1" }));
    await world.change(3);
    await world.is("failing");
    assert.match((await world.status()).problem ?? "", /belongs to the fleet "Test" \(test\), not to north/);
    assert.equal((await database.run("SELECT * FROM profile_day")).count, 0);
  } finally {
    await world.done();
  }
});

test("the cursor moves only when the commit has returned", { skip }, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const world = new OutputWorld();
  const { schema } = database.place;
  try {
    // Somebody else is in the middle of making the same point.
    const release = await server.hold(`BEGIN; INSERT INTO ${schema}.metering_point (id, name) VALUES ('home', 'Home')`);
    world.start(booksOutput({ url: `${server.url}?schema=${schema}`, fleet: "test", holder: "w1" }));
    await world.change(3);
    await world.is("up");
    await until("it waits in the database", async () => {
      const { rows } = await database.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      return rows.length > 0;
    });
    assert.equal((await world.status()).journal?.cursor, 0);
    await release();
    await world.delivered();
    assert.equal((await database.run("SELECT * FROM profile_day")).count, 1);
  } finally {
    await world.done();
  }
});

test("a database that is killed again and again has every change once in the end", { skip }, async () => {
  const database = await servers.fleet();
  const server = await servers.server();
  const { schema } = database.place;
  const world = new OutputWorld();
  try {
    world.start(booksOutput({ url: `${server.url}?schema=${schema}`, fleet: "test", holder: "w1" }));
    await world.is("up");
    for (let round = 0; round < 3; round++) {
      const changes = world.change(900);
      // Somewhere in the middle of the delivery.
      await until("some of it is booked", async () => ((await world.status()).journal?.cursor ?? 0) > round * 900);
      await server.kill();
      await changes;
      await server.start();
    }
    await world.delivered(20_000);
    const { rows } = await database.run(
      `SELECT count(*)::int AS slots, sum(v)::int AS wh FROM profile_day, unnest(raw, rank) AS s (v, k) WHERE k <> '0'`,
    );
    assert.deepEqual(rows, [{ slots: 2_700, wh: 2_700_000 }]);
    assert.equal((await world.status()).lost, 0);
  } finally {
    await world.done();
  }
});
