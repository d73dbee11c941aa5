import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseQuiet } from "@meterport/engine/plan/quiet";
import { UsageError } from "@meterport/protocol/errors";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import {
  againCampaign,
  campaignReport,
  campaignTargets,
  cancelCampaign,
  closeCampaign,
  listCampaigns,
  makeCampaign,
  openCampaign,
} from "./campaign-book.ts";
import type { NewCampaign } from "./desk.ts";
import { addSites } from "./job-world.test-kit.ts";
import { visitBook } from "./visit-book.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const hour = 3_600_000;
const minute = 60_000;
/** One in the morning in Copenhagen, midnight UTC. */
const opens = Date.UTC(2026, 10, 29);
const visits = visitBook((length) => new Uint8Array(length));

const registers: NewCampaign = {
  ...{ name: "Month end", scope: { all: true }, reads: ["registers"], opens, closes: opens + 5 * hour },
  ...{ windows: [], priority: 5, spread: 0 },
};

const fleet = async (): Promise<Database> => {
  const database = await servers.fleet();
  await addSites(database, [
    { id: "copenhagen", zone: "Europe/Copenhagen", meters: 3 },
    { id: "london", shard: 1, zone: "Europe/London", meters: 2 },
  ]);
  return database;
};

const made = async (database: Database, more: Partial<NewCampaign> = {}): Promise<number> => {
  const id = await makeCampaign(database.run, { ...registers, ...more }, "anna", opens - hour);
  await openCampaign(database, id);
  return id;
};

const serials = async (database: Database, now: number, shards = [0, 1]) =>
  (await visits.dueTargets(database.run, shards, now, 100)).map(({ serial }) => serial);

test("a campaign that cannot be is refused with all that is wrong", { skip }, async () => {
  const database = await fleet();
  const wrong = {
    ...registers,
    name: "",
    reads: [],
    priority: 12,
    closes: opens,
    scope: { sites: ["nowhere"], points: [] },
  };
  await assert.rejects(makeCampaign(database.run, wrong, "anna", opens + hour), (error: UsageError) => {
    assert.ok(error instanceof UsageError);
    const lines = error.message.split("\n");
    assert.equal(lines.length, 6);
    assert.equal(lines.at(-1), 'There is no site "nowhere".');
    return true;
  });
  assert.deepEqual(await listCampaigns(database.run, { limit: 10 }), []);
});

test("targets are made once, though opening was cut off, and only of what a campaign names", { skip }, async () => {
  const database = await fleet();
  const wanted = { ...registers, scope: { sites: ["copenhagen"] } };
  const id = await makeCampaign(database.run, wanted, "anna", opens - hour);
  await assert.rejects(
    openCampaign(database, id, AbortSignal.abort(new Error("the process ends")), 2),
    /the process ends/,
  );
  assert.deepEqual(await serials(database, opens), [], "it is open when all targets are made");
  await Promise.all([openCampaign(database, id, undefined, 2), openCampaign(database, id, undefined, 1)]);
  assert.deepEqual((await serials(database, opens)).sort(), ["copenhagen-1", "copenhagen-2", "copenhagen-3"]);
  assert.deepEqual(await serials(database, opens, [1]), []);
  assert.deepEqual(await serials(database, opens + 5 * hour), [], "it has closed");
  const [known] = await listCampaigns(database.run, { limit: 10 });
  assert.deepEqual([known?.state, known?.by, known?.name], ["open", "anna", "Month end"]);
});

test("targets are due in the windows of their own zone, and not at sites that are paused", { skip }, async () => {
  const database = await fleet();
  await made(database, { windows: parseQuiet("01:00-02:00") });
  const at = async (now: number) => [...new Set((await serials(database, now)).map((serial) => serial.split("-")[0]))];
  assert.deepEqual(await at(opens + minute), ["copenhagen"]);
  assert.deepEqual(await at(opens + hour + minute), ["london"]);
  assert.deepEqual(await at(opens + 2 * hour), []);
  await database.run("UPDATE site SET paused_until = $1 WHERE id = 'london'", [
    new Date(opens + 90 * minute).toISOString(),
  ]);
  assert.deepEqual(await at(opens + hour + minute), []);
  assert.deepEqual(await at(opens + 90 * minute), ["london"]);
});

test("priority falls with each failure, and what is told twice or late changes nothing", { skip }, async () => {
  const database = await fleet();
  const id = await made(database, { scope: { points: ["london-1", "london-2"] } });
  const first = await visits.dueTargets(database.run, [1], opens, 10);
  assert.deepEqual(
    first.map(({ serial, point, priority, attempts, reads }) => [serial, point, priority, attempts, reads]),
    ["london-1", "london-2"].map((name) => [name, name, 5, 0, ["registers"]]),
  );
  const [one, two] = first.map(({ meter }) => meter) as [number, number];
  const failed = { campaign: id, meter: one, attempt: { event: "failed", reason: "no answer" } } as const;
  // Two holders for a moment: each failure counts once, in any order.
  await Promise.all([visits.settle(database.run, [failed], opens), visits.settle(database.run, [failed], opens)]);
  assert.deepEqual(await serials(database, opens), ["london-2"]);
  const later = await visits.dueTargets(database.run, [1], opens + 4 * minute, 10);
  assert.deepEqual(
    later.map(({ serial, priority }) => [serial, priority]),
    [
      ["london-2", 5],
      ["london-1", 3],
    ],
  );
  const nothing = (attempts: number) => visits.settle(database.run, [{ ...failed, attempts }], opens + 4 * minute);
  await Promise.all([nothing(0), nothing(1), nothing(3)]);
  const read = { campaign: id, meter: one, attempt: { event: "read", reason: null } } as const;
  await visits.settle(database.run, [read, { ...failed, campaign: 99 }], opens + 5 * minute);
  await visits.settle(database.run, [failed], opens + 6 * minute);
  const refused = { campaign: id, meter: two, attempt: { event: "refused", reason: "the meter said no" } } as const;
  await visits.settle(database.run, [refused], opens + 6 * minute);
  const report = await campaignReport(database.run, id);
  assert.deepEqual([report?.counts.done, report?.counts.refused, report?.counts.waiting], [1, 1, 0]);
  const [target] = await campaignTargets(database.run, id, { state: "done", limit: 1 });
  assert.equal(target?.attempts, 3, "failures that name an attempt which is over, or has not begun, are none");
  assert.deepEqual(report?.reasons, [{ state: "refused", reason: "the meter said no", count: 1 }]);
});

test("of more targets than are asked for the most urgent are given, whatever their campaigns and failures", {
  skip,
}, async () => {
  const database = await fleet();
  await addSites(database, [{ id: "bergen", zone: "Europe/Oslo", meters: 40 }]);
  await made(database, { priority: 3 });
  await made(database, { priority: 5 });
  await database.run(
    `UPDATE target SET attempts = meter_id * 7 % 6, state = CASE meter_id % 5 WHEN 0 THEN 'r' WHEN 1 THEN 'f' ELSE 'w' END,
      next_at = next_at + (meter_id * 11 % 13 - 8) * interval '1 minute'`,
  );
  const { rows } = await database.run(
    `SELECT meter_id, greatest(0, c.priority - attempts) AS priority FROM target JOIN campaign c USING (campaign_id)
      WHERE target.state IN ('w', 'f') AND next_at <= $1 AND shard = 0 ORDER BY 2 DESC, next_at, meter_id`,
    [new Date(opens).toISOString()],
  );
  const expected = rows.map(({ meter_id, priority }) => [meter_id, priority]);
  assert.ok(expected.length > 30, `${expected.length} are due`);
  const due = await visits.dueTargets(database.run, [0], opens, 20);
  // Of one meter and moment two campaigns may be in either order.
  assert.deepEqual(
    due.slice(0, 20).map(({ meter, priority }) => [meter, priority]),
    expected.slice(0, 20),
  );
});

test("a visit takes along what other campaigns want of the same meter", { skip }, async () => {
  const database = await fleet();
  const now = await made(database, { scope: { points: ["london-1"] } });
  const later = await made(database, {
    scope: { sites: ["london"] },
    reads: ["events"],
    spread: 4 * hour,
    priority: 2,
  });
  await database.run("UPDATE target SET next_at = $1 WHERE campaign_id = $2", [
    new Date(opens + hour).toISOString(),
    later,
  ]);
  const due = await visits.dueTargets(database.run, [1], opens, 10);
  assert.deepEqual(
    due.map(({ campaign, serial }) => [campaign, serial]),
    [
      [now, "london-1"],
      [later, "london-1"],
    ],
  );
});

test("what was not read has expired at the end, can be tried again, and cancelled", { skip }, async () => {
  const database = await fleet();
  const id = await made(database);
  const [some] = await visits.dueTargets(database.run, [1], opens, 1);
  const failed = { event: "failed", reason: "no answer after 3 attempts" } as const;
  await visits.settle(database.run, [{ campaign: id, meter: some?.meter ?? 0, attempt: failed }], opens);
  assert.equal(await closeCampaign(database, id), 5);
  assert.equal(await closeCampaign(database, id), 0);
  const closed = await campaignReport(database.run, id);
  assert.deepEqual([closed?.state, closed?.counts.expired], ["closed", 5]);
  assert.deepEqual(
    closed?.reasons.map(({ reason, count }) => [reason, count]),
    [
      ["It was not tried before the campaign closed.", 4],
      ["no answer after 3 attempts", 1],
    ],
  );

  await assert.rejects(againCampaign(database.run, id, opens, opens + 6 * hour), /must close after it opens/);
  assert.equal(await againCampaign(database.run, id, opens + 8 * hour, opens + 6 * hour), 5);
  assert.equal((await serials(database, opens + 6 * hour)).length, 5);
  assert.equal(await cancelCampaign(database.run, id), 5);
  assert.deepEqual(await serials(database, opens + 6 * hour), []);
  const page = await campaignTargets(database.run, id, { state: "cancelled", limit: 2 });
  const next = await campaignTargets(database.run, id, { afterMeter: page.at(-1)?.meter, limit: 10 });
  assert.deepEqual(
    [...page, ...next].map(({ serial, state, reason }) => [serial, state, reason]),
    ["copenhagen-1", "copenhagen-2", "copenhagen-3", "london-1", "london-2"].map((serial) => [
      ...[serial, "cancelled", "It was cancelled."],
    ]),
  );
  await assert.rejects(cancelCampaign(database.run, 99), /There is no campaign 99/);
});
