import assert from "node:assert/strict";
import { after, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { audit, readAudit, verifyAudit } from "./audit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const deeds = async (database: Database, count: number): Promise<void> => {
  for (let n = 1; n <= count; n++) await audit(database.run, { who: "anna", what: "import", about: { meters: n } });
};

test("an entry says who did what and when, and the newest comes first", { skip }, async () => {
  const database = await servers.fleet();
  assert.deepEqual(await verifyAudit(database.run), { entries: 0, end: null, problem: null });
  await audit(database.run, { who: "anna", what: "pause", about: { site: "Æblevej\u0000", until: null } });
  await audit(database.run, { who: "root@jobs-1", what: "key" });
  const entries = await readAudit(database.run, 10);
  assert.deepEqual(
    entries.map(({ number, who, what, about }) => ({ number, who, what, about })),
    [
      { number: 2, who: "root@jobs-1", what: "key", about: null },
      { number: 1, who: "anna", what: "pause", about: { site: "Æblevej\u0000", until: null } },
    ],
  );
  assert.deepEqual(
    (await readAudit(database.run, 10, 2)).map(({ number }) => number),
    [1],
  );
  const { entries: count, end, problem } = await verifyAudit(database.run);
  assert.deepEqual([count, end, problem], [2, { number: 2, hash: entries[0]?.hash }, null]);
  await assert.rejects(audit(database.run, { who: "anna", what: "x", about: "x".repeat(20_000) }), UsageError);
});

test("entries that several connections write at once make one chain", { skip }, async () => {
  const database = await servers.fleet();
  await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      database.transaction(async (run) => {
        await audit(run, { who: `user ${n}`, what: "read" });
      }),
    ),
  );
  assert.deepEqual((await verifyAudit(database.run)).problem, null);
  assert.equal((await readAudit(database.run, 100)).length, 40);
});

class Undone extends Error {}

const changes: readonly (readonly [string, string, RegExp])[] = [
  ["a changed text", "UPDATE audit SET about = '{\"meters\":9}' WHERE number = 3", /^entry 3 is not what was written/],
  ["a changed time", "UPDATE audit SET at = at + interval '1 ms' WHERE number = 3", /^entry 3 is not/],
  [
    "a text that moved to the next column",
    "UPDATE audit SET who = 'ann', what = 'aimport' WHERE number = 3",
    /^entry 3/,
  ],
  ["a removed entry", "DELETE FROM audit WHERE number = 3", /^entry 3 is missing: somebody removed it/],
  ["removed entries", "DELETE FROM audit WHERE number < 3", /^entries 1 to 2 are missing/],
  [
    "an entry with a hash of its own",
    "UPDATE audit SET who = 'eve', hash = audit_hash(previous, '3', (1000 * extract(epoch FROM at))::bigint::text, 'eve', what, about) WHERE number = 3",
    /^entry 4 is not what was written/,
  ],
];
test("what somebody changed or removed is noticed", { skip }, async () => {
  const database = await servers.fleet();
  await deeds(database, 5);
  for (const [what, change, complaint] of changes) {
    const undone = database.transaction(async (run) => {
      assert.equal((await verifyAudit(run)).problem, null);
      await run(change);
      assert.match((await verifyAudit(run)).problem ?? "", complaint, what);
      throw new Undone();
    });
    await assert.rejects(undone, Undone);
  }
});

test("with the end that was noted, missing and rewritten newest entries are noticed too", { skip }, async () => {
  const database = await servers.fleet();
  await deeds(database, 5);
  const { end } = await verifyAudit(database.run);
  assert.ok(end !== null);
  await deeds(database, 1);
  assert.equal((await verifyAudit(database.run, end)).problem, null);
  await database.run("DELETE FROM audit WHERE number > 4");
  assert.equal((await verifyAudit(database.run)).problem, null);
  assert.match((await verifyAudit(database.run, end)).problem ?? "", /ends with entry 4, but entry 5 was noted/);
  await audit(database.run, { who: "eve", what: "import" });
  assert.match((await verifyAudit(database.run, end)).problem ?? "", /^entry 5 differs from the one that was noted/);
});
