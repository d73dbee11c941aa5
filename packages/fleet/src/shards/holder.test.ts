import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { randomOf } from "../books/random-facts.test-kit.ts";
import { mostShards } from "./balance.ts";
import { sayEvent } from "./holder-event.ts";
import { VirtualFleet, type Worker } from "./virtual-workers.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const shards = 16;
const all = [...Array(shards).keys()];

const fleetOf = async (t: TestContext, workers: number): Promise<VirtualFleet> => {
  const fleet = new VirtualFleet(await servers.fleet(), shards);
  t.after(fleet.end);
  for (let n = 0; n < workers; n++) await fleet.join();
  await fleet.pass(1_500);
  return fleet;
};

const first = ({ workers: [worker] }: VirtualFleet): Worker => worker as Worker;
const types = ({ events }: Worker): readonly string[] => [...new Set(events.map(({ type }) => type))];

test("one worker alone holds every shard", { skip }, async (t) => {
  const fleet = await fleetOf(t, 1);
  assert.deepEqual(fleet.tended(), all);
  assert.deepEqual(first(fleet).holder.shards(), all);
  await fleet.pass(12_000);
  assert.deepEqual(fleet.tended(), all);
  assert.deepEqual(types(first(fleet)), ["taken"]);
});

test("workers that come and go share the shards, and each shard is tended once", { skip }, async (t) => {
  const fleet = await fleetOf(t, 1);
  const most = (): number => Math.max(...fleet.workers.map(({ tending }) => tending.size));
  for (let live = 2; live <= 5; live++) {
    await fleet.join();
    await fleet.pass(15_000);
    assert.deepEqual(fleet.tended(), all);
    assert.ok(most() <= mostShards(shards, live), `${most()} at one of ${live}`);
  }
  for (let live = 4; live >= 1; live--) {
    await fleet.workers[live]?.stop();
    await fleet.pass(2_000);
    assert.deepEqual(fleet.tended(), all, `${live} are left`);
  }
  assert.ok(fleet.workers.every((worker) => !types(worker).includes("lost")));
});

test("the shards of a worker that dies are held by the others within 12 s", { skip }, async (t) => {
  const fleet = await fleetOf(t, 3);
  await fleet.pass(10_000);
  first(fleet).die();
  assert.ok(fleet.tended().length < shards);
  await fleet.pass(12_000);
  assert.deepEqual(fleet.tended(), all);
});

test("a worker that slept longer than its heartbeat lets go of what others took, and is sure of nothing until then", {
  skip,
}, async (t) => {
  const fleet = await fleetOf(t, 2);
  await fleet.pass(5_000);
  const sleeper = first(fleet);
  const before = [...sleeper.tending.values()];
  assert.ok(before.length > 0 && before.every((stint) => stint.isSure() && stint.mayRead()));
  sleeper.clock.isFrozen = true;
  await fleet.pass(20_000);
  assert.ok(before.every((stint) => !stint.isSure() && !stint.signal.aborted));
  sleeper.clock.wake();
  assert.ok(before.every((stint) => !stint.signal.aborted && !stint.mayRead()));
  const heard = Promise.all(before.map((stint) => stint.heard()));
  await fleet.pass(500);
  await heard;
  assert.ok(before.every((stint) => !stint.mayRead()));
  assert.ok(before.every(({ signal }) => signal.aborted));
  await fleet.pass(30_000);
  assert.deepEqual(fleet.tended(), all);
  assert.ok(sleeper.tending.size > 0);
  assert.equal(sleeper.events.filter(({ type }) => type === "lost").length, before.length);
});

test("after a sleep shorter than the heartbeat a worker goes on with what it holds, once it has asked", {
  skip,
}, async (t) => {
  const fleet = await fleetOf(t, 2);
  await fleet.pass(5_000);
  const sleeper = first(fleet);
  const before = [...sleeper.tending.keys()];
  sleeper.clock.isFrozen = true;
  await fleet.pass(5_000);
  sleeper.clock.wake();
  const stints = [...sleeper.tending.values()];
  assert.ok(stints.every((stint) => !stint.mayRead()));
  await fleet.pass(500);
  assert.ok(stints.every((stint) => stint.mayRead()));
  await fleet.pass(10_000);
  assert.deepEqual([...sleeper.tending.keys()], before);
  assert.ok(fleet.workers.every((worker) => !types(worker).includes("lost")));
});

test("a worker that wakes while the database is away goes on with what it holds", { skip }, async (t) => {
  const fleet = await fleetOf(t, 1);
  await fleet.pass(5_000);
  const sleeper = first(fleet);
  const stints = [...sleeper.tending.values()];
  sleeper.clock.isFrozen = true;
  await fleet.pass(20_000);
  sleeper.answers = Promise.reject(new Error("the database does not answer"));
  sleeper.clock.wake();
  assert.ok(stints.every((stint) => !stint.mayRead()));
  await fleet.pass(500);
  assert.ok(stints.length > 0 && stints.every((stint) => stint.mayRead() && !stint.isSure()));
});

test("a worker whose database hangs reads on until others may have its shards, and again when it asked in vain", {
  skip,
}, async (t) => {
  const fleet = await fleetOf(t, 1);
  await fleet.pass(5_000);
  const stints = [...first(fleet).tending.values()];
  const may = (): readonly boolean[] => [...new Set(stints.map((stint) => stint.mayRead()))];
  let end = (_: Error): void => {};
  first(fleet).answers = new Promise<never>((_, reject) => {
    end = reject;
  });
  await fleet.pass(6_000);
  assert.deepEqual(may(), [true]);
  await fleet.pass(6_000);
  assert.deepEqual(may(), [false]);
  end(new Error("the database does not answer"));
  await fleet.pass(100);
  assert.deepEqual(may(), [true]);
  assert.ok(stints.every((stint) => !stint.isSure()));
  first(fleet).answers = undefined;
  await fleet.pass(15_000);
  assert.deepEqual(fleet.tended(), all);
});

test("a worker that ends hands over at once, each shard only when its links are closed", { skip }, async (t) => {
  const fleet = await fleetOf(t, 0);
  const old = await fleet.join();
  let slow = -1;
  let close = (): void => {};
  const isClosed = new Promise<void>((resolve) => {
    close = resolve;
  });
  old.tend = async ({ shard, signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    if (shard === slow) await isClosed;
  };
  await fleet.pass(1_500);
  const young = await fleet.join();
  await fleet.pass(12_000);
  [slow = -1] = old.holder.shards();
  const stopped = old.stop();
  await fleet.pass(2_000);
  assert.deepEqual(
    fleet.tended(),
    all.filter((shard) => shard !== slow),
  );
  assert.deepEqual(old.holder.shards(), [slow]);
  close();
  await fleet.pass(1_000);
  await stopped;
  assert.equal(young.tending.size, shards);
  assert.ok(!types(old).includes("lost") && !types(old).includes("slow"));
});

test("links that never close do not keep a shard for ever", { skip }, async (t) => {
  const fleet = await fleetOf(t, 0);
  const stuck = await fleet.join();
  stuck.tend = () => new Promise(() => {});
  await fleet.pass(1_500);
  const next = await fleet.join();
  const stopped = stuck.stop();
  await fleet.pass(14_000);
  await stopped;
  assert.deepEqual(fleet.tended(), all);
  assert.equal(next.tending.size, shards);
  assert.equal(stuck.events.filter(({ type }) => type === "slow").length, shards);
});

test("a worker that cannot tend its shards rests longer and longer, and others take them", { skip }, async (t) => {
  const fleet = await fleetOf(t, 0);
  const wrong = await fleet.join();
  wrong.tend = async () => {
    throw new Error("the key file is missing");
  };
  await fleet.pass(8_000);
  const tries = new Set(wrong.events.flatMap((event) => (event.type === "failed" ? [sayEvent(event)] : [])));
  assert.match([...tries][0] ?? "", /^shard \d+ cannot be tended \(the key file is missing\): it is given back/);
  const taken = (): number => wrong.events.filter(({ type }) => type === "taken").length;
  assert.ok(taken() <= 4 * shards, `${taken()}`);
  await fleet.join();
  await fleet.join();
  await fleet.pass(30_000);
  assert.ok(fleet.tended().length >= shards - mostShards(shards, 3), `${fleet.tended().length}`);
});

test("a shard whose job somebody deleted is offered again", { skip }, async (t) => {
  const database = await servers.fleet();
  const fleet = new VirtualFleet(database, shards);
  t.after(fleet.end);
  await fleet.join();
  await fleet.pass(1_500);
  await database.run(`DELETE FROM ${database.place.schema}_jobs.job WHERE name = 'tend'`);
  await fleet.pass(4_000);
  assert.deepEqual(fleet.tended(), []);
  await fleet.pass(60_000);
  assert.deepEqual(fleet.tended(), all);
});

test("a step of the machine's clock is told, and moves no shard", { skip }, async (t) => {
  const fleet = await fleetOf(t, 2);
  await fleet.pass(6_000);
  first(fleet).clock.stepped = -3_600_000;
  await fleet.pass(15_000);
  assert.deepEqual(fleet.tended(), all);
  const told = first(fleet).events.filter(({ type }) => type === "clock-step");
  assert.deepEqual(told, [{ type: "clock-step", clock: "machine", by: -3_600_000 }]);
  assert.deepEqual(types(fleet.workers[1] as Worker), ["taken"]);
  assert.match(told.map(sayEvent)[0] ?? "", /^this machine's clock was set back by 3600 s/);
  const apart = first(fleet).events.filter(({ type }) => type === "clocks-apart");
  assert.deepEqual(apart, [{ type: "clocks-apart", by: -3_600_000 }], "told once");
  assert.match(
    apart.map(sayEvent)[0] ?? "",
    /^this machine's clock is 3600 s behind the database's, so the meters' clocks/,
  );
  assert.equal(first(fleet).holder.clocksApart, -3_600_000);
  first(fleet).clock.stepped = 30_000;
  await fleet.pass(6_000);
  assert.equal(first(fleet).holder.clocksApart, 0);
});

test("a database clock that is set forward is told by all, and the shards are all tended again soon", {
  skip,
}, async (t) => {
  const fleet = await fleetOf(t, 2);
  await fleet.pass(6_000);
  await fleet.stepDatabase(3_600_000);
  await fleet.pass(15_000);
  assert.deepEqual(fleet.tended(), all);
  for (const { events } of fleet.workers) {
    const told = events.filter(({ type }) => type === "clock-step");
    assert.deepEqual(told, [{ type: "clock-step", clock: "database", by: 3_600_000 }]);
  }
});

test("a database clock that is set back by an hour does not keep the shards of a dead worker for that hour", {
  skip,
}, async (t) => {
  const database = await servers.fleet();
  const fleet = new VirtualFleet(database, shards);
  t.after(fleet.end);
  const [dead, alive] = [await fleet.join(), await fleet.join()];
  await fleet.pass(6_000);
  assert.ok(dead.tending.size > 0);
  dead.die();
  await fleet.stepDatabase(-3_600_000);
  // The timers of the clock are due as before, so this hour passes without a beat, and what was written before it moves along.
  await fleet.pass(3_600_000);
  const jobs = `${database.place.schema}_jobs`;
  await database.run(`UPDATE ${jobs}.job SET heartbeat_on = heartbeat_on + interval '1 hour' WHERE state = 'active'`);
  await database.run(`UPDATE ${jobs}.queue SET monitor_claim_on = monitor_claim_on + interval '1 hour'`);
  await database.run("UPDATE holder SET seen = seen + interval '1 hour'");
  await fleet.pass(18_000);
  assert.deepEqual(
    alive.events.filter(({ type }) => type === "clock-step"),
    [{ type: "clock-step", clock: "database", by: -3_600_000 }],
  );
  assert.deepEqual(fleet.tended(), all);
});

test("a worker of another version is told to all, once", { skip }, async (t) => {
  const fleet = await fleetOf(t, 1);
  const other = await fleet.join("1.1.0");
  await fleet.pass(5_000);
  const told = [first(fleet), other].map(({ events }) => events.filter(({ type }) => type === "other-version"));
  assert.deepEqual(
    told.map((events) => events.map(sayEvent)),
    [
      ["holder worker-2 runs Meterport 1.1.0, this one 1.0.0: bring all to one version soon"],
      ["holder worker-1 runs Meterport 1.0.0, this one 1.1.0: bring all to one version soon"],
    ],
  );
  assert.deepEqual(
    first(fleet).holder.live.map(({ holder, address }) => [holder, address]),
    [
      ["worker-1", "http://worker-1"],
      ["worker-2", "http://worker-2"],
    ],
  );
});

test("whatever dies, sleeps, ends and joins: in the end each shard is tended once, and never twice by one worker", {
  skip,
}, async (t) => {
  const seed = Number(process.env.METERPORT_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`seed ${seed}`);
  const random = randomOf(seed);
  const fleet = await fleetOf(t, 2);
  const alive = new Set(fleet.workers);
  for (let round = 0; round < 6; round++) {
    const worker = [...alive][random(alive.size)] as Worker;
    const what = random(100) / 100;
    if (alive.size < 2 || (what < 0.3 && alive.size < 5)) alive.add(await fleet.join());
    else if (what < 0.55) {
      worker.die();
      alive.delete(worker);
    } else if (what < 0.75) {
      alive.delete(worker);
      await worker.stop();
    } else {
      worker.clock.isFrozen = true;
      await fleet.pass(1_000 + random(15_000));
      worker.clock.wake();
    }
    await fleet.pass(500 + random(8_000));
    const twice = fleet.workers.flatMap(({ events }) => events.filter(({ type }) => type === "failed"));
    assert.deepEqual(twice, [], `round ${round}, seed ${seed}`);
  }
  await fleet.pass(30_000);
  assert.deepEqual(fleet.tended(), all, `seed ${seed}`);
});
