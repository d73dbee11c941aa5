/** What the store does when the database, the network, the rights or the package are not as they should be. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { Keeper } from "@meterport/engine/points/keeper";
import { type Log, silentLog } from "@meterport/engine/ports/log";
import { reading } from "@meterport/engine/testing/fake-meter";
import { UsageError } from "@meterport/protocol/errors";
import { freePort } from "../../../../../test/support/free-port.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { type Server, startPostgres } from "../../../../../test/support/postgres.ts";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { append, event, interval, journalOf, t0 } from "../contract/under-test.test-kit.ts";
import { openStore, openStoreToRead } from "../open-store.ts";
import { openPostgresStore } from "./postgres-store.ts";

const { skip } = peer("pg_createcluster");
const wall = () => 1_000;
let server: Server;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(async () => server?.stop());

const linesOf = (): { readonly lines: string[]; readonly log: Log } => {
  const lines: string[] = [];
  const keep = (line: string) => lines.push(line);
  return { lines, log: { info: keep, warn: keep, error: keep } };
};

test("a missing package is one sentence that names it", async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg' imported from x"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await assert.rejects(
    openPostgresStore("postgres://me@db/meters", { log: silentLog, wall, load: () => Promise.reject(missing) }),
    (error: Error) =>
      error instanceof UsageError && /the package pg, which is not installed: run npm install pg/.test(error.message),
  );
});

test("a database that is away at the start is told, and used when it is there", { skip }, async () => {
  const { lines, log } = linesOf();
  await server.kill();
  const store = await openPostgresStore(`${server.url}?schema=later`, { log, wall });
  await assert.rejects(append(store, "home", [reading(t0)]), /cannot be reached \(connect ECONNREFUSED/);
  await assert.rejects(store.events("home", { limit: 1 }), /cannot be reached/);
  assert.equal((await store.status()).state, "failing");
  await server.start();
  assert.equal(await append(store, "home", [reading(t0)]), 1);
  assert.equal((await store.status()).state, "ok");
  await store.close();
  assert.deepEqual(
    lines.map((line) => line.replace(/^store: the database \S+ /, "").replace(/\(.*\)/, "()")),
    ["cannot be reached (): check that it runs", "works again"],
  );
  assert.ok(!`${lines}`.includes(server.password) && !`${lines}`.includes(encodeURIComponent(server.password)));
});

test("a daemon waits for a database that starts later than it does", { skip }, async () => {
  await server.kill();
  const clock = new VirtualClock();
  let isOpen = false;
  const opened = openStore(`${server.url}?schema=waited`, silentLog, clock).finally(() => {
    isOpen = true;
  });
  for (let n = 0; n < 4; n++) await clock.advance(30_000);
  assert.equal(isOpen, false);
  await server.start();
  while (!isOpen) {
    await clock.advance(30_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const store = await opened;
  assert.equal(await append(store, "home", [reading(t0)]), 1);
  await store.close();
});

test("a store that is only read needs no rights to write, and makes nothing", { skip }, async () => {
  const url = `${server.url}?schema=library`;
  await assert.rejects(openStoreToRead(url, silentLog, wall), /has no store in the schema library/);
  const store = await openPostgresStore(url, { log: silentLog, wall });
  await append(store, "home", [reading(t0, { power_w: 5 })]);
  await store.close();
  server.sql(
    "CREATE ROLE librarian LOGIN PASSWORD 'books'; GRANT USAGE ON SCHEMA library TO librarian; GRANT SELECT ON ALL TABLES IN SCHEMA library TO librarian",
  );
  const reader = await openStoreToRead(url.replace(/\/\/[^@]*@/, "//librarian:books@"), silentLog, wall);
  assert.equal((await reader.readings("home", { from: 0, to: t0 + 1, limit: 9 }))[0]?.power_w, 5);
  await assert.rejects(append(reader, "home", [reading(t0 + 1)]));
  await reader.close();
});

test("a connection that ends while nobody uses it is no unhandled error, and the next call works", {
  skip,
}, async () => {
  const store = await openPostgresStore(`${server.url}?schema=idle`, { log: silentLog, wall });
  await append(store, "home", [reading(t0)]);
  await store.status();
  await server.kill();
  await server.start();
  // The first call may be the one that finds out.
  await append(store, "home", [reading(t0 + 1)]).catch(() => {});
  assert.equal(await append(store, "home", [reading(t0 + 2)]), 1);
  await store.close();
});

test("a server that accepts and says nothing does not hang a call", { skip }, async () => {
  const open = new Set<Socket>();
  const silent = createServer((socket) => open.add(socket));
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  const store = await openPostgresStore(`postgres://me:secret@127.0.0.1:${port}/meters`, {
    log: silentLog,
    wall,
    connect: 100,
  });
  const { state, problem } = await store.status();
  assert.deepEqual([state, /cannot be reached \(.*timeout/.test(String(problem))], ["failing", true]);
  await store.close();
  for (const socket of open) socket.destroy();
  silent.close();
});

test("a lock that somebody else holds ends a write in time, and is told until writing works", { skip }, async () => {
  const store = await openPostgresStore(`${server.url}?schema=locked&lock_timeout=100`, { log: silentLog, wall });
  await append(store, "home", [reading(t0)]);
  const release = await server.hold("BEGIN; LOCK TABLE locked.state IN ACCESS EXCLUSIVE MODE");
  await assert.rejects(
    append(store, "home", [reading(t0 + 1)]),
    /took too long \(.*lock timeout\): it is locked or overloaded/,
  );
  await release();
  const { state, problem } = await store.status();
  assert.deepEqual([state, /took too long/.test(String(problem))], ["busy", true]);
  assert.equal(await append(store, "home", [reading(t0 + 1)]), 1);
  assert.equal((await store.status()).state, "ok");
  await store.close();
});

test("a server that stops answering in the middle ends a call in time", { skip }, async () => {
  const store = await openPostgresStore(`${server.url}?schema=stopped&query_timeout=300`, { log: silentLog, wall });
  await append(store, "home", [reading(t0)]);
  const backends = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'meterport'").split("\n");
  for (const pid of backends) process.kill(Number(pid), "SIGSTOP");
  try {
    await assert.rejects(append(store, "home", [reading(t0 + 1)]), /took too long \(Query read timeout\)/);
    // On a new connection: the old one is in an unknown state.
    assert.equal(await append(store, "home", [reading(t0 + 2)]), 1);
  } finally {
    for (const pid of backends) process.kill(Number(pid), "SIGCONT");
  }
  assert.equal(await append(store, "home", [reading(t0 + 3)]), 1);
  await store.close();
});

test("a wrong database, a read-only user and a newer schema are refused in one sentence", { skip }, async () => {
  const refused = async (url: string, sentence: RegExp) => {
    await assert.rejects(openPostgresStore(url, { log: silentLog, wall }), (error: Error) => {
      assert.match(error.message, sentence);
      assert.ok(error instanceof UsageError);
      const all = inspect(error, { depth: 9 });
      return !all.includes(server.password) && !all.includes("other-secret");
    });
  };
  await refused(server.url.replace(/postgres$/, "nothing"), /nothing does not exist: create it/);
  const store = await openPostgresStore(`${server.url}?schema=mine`, { log: silentLog, wall });
  await store.close();
  server.sql("CREATE ROLE guest LOGIN PASSWORD 'other-secret'; UPDATE mine.migration SET version = 99");
  await refused(`${server.url}?schema=mine`, /schema mine .* was written by a newer Meterport \(version 99/);
  await refused(server.url.replace(/:[^:@]*@/, ":other-secret@"), /refuses the login \(password authentication failed/);
  const guest = server.url.replace(/\/\/[^@]*@/, "//guest:other-secret@");
  await refused(`${guest}?schema=theirs`, /permission denied for database/);
});

test("two processes on one schema share one journal without gaps or repeats", { skip }, async () => {
  const url = `${server.url}?schema=shared`;
  const [a, b] = await Promise.all([1, 2].map(() => openPostgresStore(url, { log: silentLog, wall })));
  assert.ok(a !== undefined && b !== undefined);
  const seen: number[] = [];
  let done = false;
  const reader = (async () => {
    for (let next = 0; ; ) {
      const isLast = done;
      const page = await a.journal({ after: next, limit: 7 });
      seen.push(...page.entries.map(({ number }) => number));
      next = page.next;
      if (isLast && !page.more) return;
    }
  })();
  const write = async (store: typeof a, point: string) => {
    for (let n = 0; n < 60; n++) {
      const list = [event({ point, time: n }), event({ point: "both", time: n })];
      await store.write({ events: list, intervals: [interval({ point: "both", value: n, source: "manual" })] });
    }
  };
  await Promise.all([write(a, "a"), write(b, "b")]);
  done = true;
  await reader;
  const numbers = (await journalOf(a)).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    numbers.map((_, n) => n + 1),
  );
  // In the order of the commits: a reader that follows sees each once.
  assert.deepEqual(seen, numbers);
  assert.equal((await a.events("both", { limit: 99 })).length, 60);
  await Promise.all([a.close(), b.close()]);
});

test("strange texts and times are stored without a change that never ends", { skip }, async () => {
  const store = await openPostgresStore(`${server.url}?schema=strange`, { log: silentLog, wall });
  const strange = event({ id: "a\0b\ud800", detail: '"\\" {} NULL \u{1F600}', time: -1, until: 8.64e15 });
  assert.equal((await store.write({ events: [strange] })).events, 1);
  assert.equal((await store.write({ events: [strange] })).events, 0);
  assert.equal((await store.events("home", { limit: 1 }))[0]?.detail, strange.detail);
  assert.deepEqual(await store.events("no\0body", { limit: 1 }), []);
  await append(store, "home", [reading(0), reading(Date.UTC(1999, 11, 31)), reading(Date.UTC(2100, 0, 1))]);
  await store.write({ intervals: [interval({ end: 0 }), interval({ end: Date.UTC(2300, 0, 1) })] });
  assert.equal((await store.prune({ readings: Date.UTC(2000, 0, 1) })).readings, 2);
  await store.close();
  await assert.rejects(store.memo("home", "x"), /closed already/);
});

test("a value that the server cannot hold does not stop the values behind it", { skip }, async () => {
  const store = await openPostgresStore(`${server.url}?schema=refused`, { log: silentLog, wall });
  const lines: string[] = [];
  const log = { ...silentLog, error: (line: string) => void lines.push(line) };
  const keeper = new Keeper({ store, clock: new VirtualClock(), log });
  const proof = { time: t0, table: "BT64", offset: 2 ** 40, raw: null, profile: null, clockOffset: null, note: "n" };
  const ends = [0, 1, 2].map((n) => t0 + n * 900_000);
  keeper.keep({ intervals: ends.map((end, n) => interval({ end, proof: n === 1 ? proof : undefined })) });
  await assert.rejects(keeper.kept(), /1 values were dropped/);
  const kept = await store.intervals("home", { channel: "energy_import_wh", from: 0, to: t0 * 2, limit: 9 });
  assert.deepEqual(
    kept.map(({ end }) => end),
    [ends[0], ends[2]],
  );
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /a value was refused and dropped: .*out of range/);
  assert.equal((await store.status()).state, "ok");
  await keeper.stop();
  await store.close();
});

test("people find readings, intervals and events as views with timestamps", { skip }, async () => {
  const store = await openPostgresStore(`${server.url}?schema=views`, { log: silentLog, wall });
  await append(store, "home", [reading(t0, { power_w: 12 })]);
  await store.write({ intervals: [interval()], events: [event()] });
  await store.close();
  assert.equal(
    server.sql("SET TimeZone = 'UTC'; SELECT point, time, quality, power_w FROM views.readings"),
    "home|2026-01-01 12:00:00+00|good|12",
  );
  assert.equal(
    server.sql("SELECT channel, value, source, quality FROM views.intervals"),
    "energy_import_wh|250|profile|good",
  );
  assert.equal(server.sql("SELECT kind, until FROM views.events"), "outage|");
});
