import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../../test/support/peers.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { shardOf } from "../../shards/shard-of.ts";
import { tellLinkStates, tellShards } from "../../shards/told.ts";
import { bookDaysOf, bringSites, quarters, seen } from "../fleet-world.test-kit.ts";
import { countsOf, holdersOf, listMeters, listSites, pause, statesOf, yesterdayOf } from "./fleet-lists.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const now = Date.now();
const [lindevej, park] = ["lindevej-12", "park"].map((site) => shardOf(site, 16)) as [number, number];

test("a link is as its holder told it, and nobody's once the holder is dead", { skip }, async () => {
  const database = await servers.fleet();
  const { run } = database;
  await bringSites(database);
  const states = async () => (await listMeters(run, { after: "", limit: 9 })).map(({ state }) => state);
  assert.deepEqual(await states(), ["free", "free", "free"]);

  await seen(database, "one", "http://10.0.0.8:8765");
  await tellShards(run, "one", [{ shard: lindevej, attempt: 3 }]);
  assert.deepEqual(await states(), ["unknown", "unknown", "free"], "nothing told yet");
  const link = { point: "flat-1", state: "silent", cause: "no-answer", since: now } as const;
  await tellLinkStates(run, "one", [link, { ...link, point: "nobody" }]);
  const [first] = await listMeters(run, { after: "", limit: 1 });
  assert.deepEqual(first, {
    ...{ serial: "7001", point: "flat-1", point_name: "Ground floor", site: "lindevej-12", profile: "meter:3.70" },
    ...{ state: "silent", since: new Date(now).toISOString(), cause: "no-answer", holder: "one", newest: null },
  });
  await run("INSERT INTO meter (serial) VALUES ('gas-1')");
  const counted = await statesOf(run);
  assert.deepEqual([counted.silent, counted.free], [1, 1], "one behind another meter has no link");
  await run("DELETE FROM meter WHERE serial = 'gas-1'");
  const silent = await listMeters(run, { after: "", limit: 9, states: ["silent", "free"], site: "lindevej-12" });
  assert.deepEqual(
    silent.map(({ serial }) => serial),
    ["7001"],
  );

  await seen(database, "one", "", 11);
  assert.deepEqual(await states(), ["free", "free", "free"]);
  // The engine's jobs were made again, and their attempts count from 0: the dead holder's word is not for ever.
  await seen(database, "two", "http://10.0.0.9:8765");
  await tellShards(run, "two", [{ shard: lindevej, attempt: 0 }]);
  assert.deepEqual(await states(), ["unknown", "unknown", "free"], "what a former holder said counts no more");
});

test("an older attempt of a holder that lives changes nothing, and what is no longer held is free", {
  skip,
}, async () => {
  const database = await servers.fleet();
  const { run } = database;
  await bringSites(database);
  for (const holder of ["one", "two"]) await seen(database, holder, `http://${holder}:8765`);
  await tellShards(run, "two", [{ shard: park, attempt: 7 }]);
  await tellShards(run, "one", [
    { shard: park, attempt: 6 },
    { shard: lindevej, attempt: 1 },
  ]);
  const { holders, free } = await holdersOf(run, 16);
  assert.deepEqual(holders.map(({ holder, health, shards, meters }) => [holder, health, shards, meters]).sort(), [
    ["one", "up", [lindevej], 2],
    ["two", "up", [park], 1],
  ]);
  assert.equal(free.length, 14);
  await tellShards(run, "two", []);
  assert.deepEqual((await holdersOf(run, 16)).free.length, 15);
});

test("sites come in pages by id, found by a part of their names, paused or not", { skip }, async () => {
  const database = await servers.fleet();
  const { run } = database;
  await bringSites(database);
  const ids = async (options: object) =>
    (await listSites(run, { after: "", limit: 9, now, ...options })).map(({ id }) => id);
  assert.deepEqual(await ids({ limit: 1 }), ["lindevej-12"]);
  assert.deepEqual(await ids({ after: "lindevej-12" }), ["park"]);
  assert.deepEqual(await ids({ q: "THE P" }), ["park"]);
  assert.deepEqual(await ids({ q: "%" }), [], "no sign of a pattern");
  assert.equal(await pause(run, "park", now + 60_000), true);
  assert.equal(await pause(run, "nowhere", now), false);
  assert.deepEqual([await ids({ paused: true }), await ids({ paused: false })], [["park"], ["lindevej-12"]]);
  const [site] = await listSites(run, { after: "m", limit: 9, now });
  assert.deepEqual([site?.meters, site?.paused_until], [1, new Date(now + 60_000).toISOString()]);
  assert.deepEqual(await ids({ paused: true, now: now + 60_001 }), [], "the pause is over");
});

test("counts a fleet, its gaps and how much of yesterday is there", { skip }, async () => {
  const database = await servers.fleet();
  const { run } = database;
  await bringSites(database);
  await pause(run, "park", now + 60_000);
  const yesterday = new Date(now - 86_400_000).toISOString().slice(0, 10);
  // Half of one of three points, and nothing of the others.
  await bookDaysOf(database, [quarters("flat-1", yesterday, 0, 48)]);
  await run(
    `INSERT INTO gap (channel_id, day, slots, gone) SELECT channel_id, d::date, g::varbit, g::varbit & B'00'
      FROM channel, (VALUES ('2026-11-03', '01'), ('2026-11-01', '00')) AS v (d, g)`,
  );
  assert.deepEqual(await countsOf(run, 16, now), {
    ...{ sites: 2, sites_paused: 1, points: 3, meters: 3, shards_free: 16, holders: 0 },
    ...{ open_gaps: 1, oldest_gap: "2026-11-03" },
  });
  const counted = new Date(now).toISOString();
  assert.deepEqual(await yesterdayOf(run, now), { day: yesterday, percent: 16.66, counted });
  const [meter] = await listMeters(run, { after: "", limit: 1 });
  assert.equal(meter?.newest, `${yesterday}T12:00:00.000Z`);
});
