import assert from "node:assert/strict";
import { after, test } from "node:test";
import { systemClock } from "@meterport/transports/clock";
import { eventually } from "../../../../test/support/eventually.ts";
import { peer } from "../../../../test/support/peers.ts";
import { stopwatch } from "../../../../test/support/stopwatch.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { bringSites } from "../http/fleet-world.test-kit.ts";
import { pause } from "../http/lists/fleet-lists.ts";
import { makeCampaign } from "../jobs/campaign-book.ts";
import { type News, tellNews, tellText } from "./news.ts";
import { NewsEar, postgresEar } from "./news-ear.ts";
import { shardOf } from "./shard-of.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const earAt = (database: Database, news: News[]): NewsEar =>
  new NewsEar({
    open: postgresEar(database.place),
    send: (text) => tellText(database.run, text),
    onNews: (one) => void news.push(one),
    ...{ name: "test", clock: systemClock },
  });

test("news are heard when their transaction is committed, within a tenth of a second, in their own fleet only", {
  skip,
}, async (t) => {
  const [database, other] = [await servers.fleet(), await servers.fleet()];
  const news: News[] = [];
  const strange: News[] = [];
  const [ear, stranger] = [earAt(database, news), earAt(other, strange)];
  t.after(() => Promise.all([ear.stop(), stranger.stop()]));
  await eventually(() => assert.ok(ear.hears && stranger.hears));
  news.length = 0;
  strange.length = 0;
  let took = stopwatch();
  await database.transaction(async (run) => {
    await tellNews(run, { kind: "visits", shards: [3] });
    await tellNews(run, { kind: "sites", shards: [] });
    await run("SELECT pg_sleep(0.3)");
    assert.deepEqual(news, [], "nothing is told before the commit");
    took = stopwatch();
  });
  while (news.length === 0 && took() < 5_000) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(took() < 100, `it took ${took()} ms`);
  assert.deepEqual([news, strange], [[{ kind: "visits", shards: [3] }], []]);
});

test("a list of sites, a pause, a read on request and a campaign are news for their shards", { skip }, async (t) => {
  const database = await servers.fleet();
  const news: News[] = [];
  const ear = earAt(database, news);
  t.after(() => ear.stop());
  await eventually(() => assert.ok(ear.hears));
  const told = async (work: () => Promise<unknown>): Promise<readonly News[]> => {
    news.length = 0;
    await work();
    await eventually(() => assert.ok(news.length > 0));
    return [...news];
  };
  const [lindevej, park] = [shardOf("lindevej-12", 16), shardOf("park", 16)];
  assert.deepEqual(await told(() => bringSites(database)), [{ kind: "sites", shards: [lindevej, park] }]);
  const now = Date.UTC(2026, 10, 29);
  assert.deepEqual(await told(() => database.transaction((run) => pause(run, "park", now))), [
    { kind: "sites", shards: [park] },
  ]);
  const read = { name: "Read", scope: { points: ["flat-1"] }, reads: ["registers"], windows: [], spread: 0 } as const;
  const wanted = { ...read, opens: now, closes: now + 900_000, priority: 9 };
  assert.deepEqual(await told(() => database.transaction((run) => makeCampaign(run, wanted, "anna", now))), [
    { kind: "visits", shards: [lindevej] },
  ]);
});

test("after the database was away news are heard again", { skip, timeout: 60_000 }, async (t) => {
  const database = await servers.fleet();
  const server = await servers.server();
  const news: News[] = [];
  const ear = earAt(database, news);
  t.after(() => ear.stop());
  await eventually(() => assert.ok(ear.hears));
  await server.kill();
  try {
    await eventually(() => assert.equal(ear.hears, false));
  } finally {
    await server.start();
  }
  await eventually(() => assert.ok(ear.hears));
  news.length = 0;
  await tellNews(database.run, { kind: "sites", shards: [1] });
  await eventually(() => assert.deepEqual(news, [{ kind: "sites", shards: [1] }]));
});

test("a database that refuses to listen does not hold up the next try", { skip }, async () => {
  const database = await servers.fleet();
  // A name that the driver passes on, and the server does not take.
  const place = { ...database.place, schema: 'odd"name' };
  await assert.rejects(
    postgresEar(place)(
      () => {},
      () => assert.fail("it was never there"),
    ),
    /syntax|unterminated/,
  );
});
