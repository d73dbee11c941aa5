/** Processes of a fleet as people start them, with real meters and a real database, and what may happen to them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer, sleep } from "../books/fleet-database.test-kit.ts";
import { settleBooks } from "../books/which-books.ts";
import { shardOf } from "../shards/shard-of.ts";
import { FleetProcess } from "./fleet-daemon.test-kit.ts";
import { bookedOf, bookMeters, countedMeter, judge, untilSo } from "./fleet-meters.test-kit.ts";
import { FleetRounds, incidents } from "./fleet-rounds.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

/** METERPORT_FLEET_ROUNDS=8 does each kind of incident once, in some minutes; a kill without it. */
const rounds = Number(process.env.METERPORT_FLEET_ROUNDS ?? 1);

test("what happens to a process costs no interval, and its meters are read again within seconds", {
  skip: skip || rounds === 0,
  timeout: 120_000 + 240_000 * rounds,
}, async (t) => {
  const database = await servers.fleet();
  const server = await servers.server();
  const url = `${server.url}?schema=${database.place.schema}`;
  const fleet = new FleetRounds({ database, server, url }, 2);
  let seed = 7;
  const chance = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  t.diagnostic(`seed ${seed}`);
  try {
    await fleet.begin(4);
    for (let n = 0; n < rounds; n++) {
      const incident = incidents[n % incidents.length] ?? "kill";
      const { lost, wrong, doubled, takeover, overlaps, crossed, requests, right } = await fleet.round(
        incident,
        2,
        chance,
      );
      const last = takeover.at(-1) ?? 0;
      t.diagnostic(`${incident}: ${(last / 1_000).toFixed(1)} s, ${right} intervals right, ${overlaps} clients met`);
      assert.deepEqual({ lost, wrong, doubled }, { lost: 0, wrong: 0, doubled: 0 }, incident);
      assert.ok(last <= 12_000, `${incident}: ${last} ms`);
      if (incident.startsWith("kill")) assert.equal(overlaps, 0, incident);
      assert.ok(crossed < requests / 1_000, `${incident}: ${crossed} of ${requests} requests by two clients at once`);
    }
  } catch (error) {
    throw new Error(fleet.log, { cause: error });
  } finally {
    await fleet.end();
  }
});

interface LiveEvent {
  readonly quality: string;
  readonly power_w: number | null;
  readonly time: string | null;
}

/** Follows the live values of a point as a browser does: when the stream ends, it asks the same address again. */
const follow = (page: string, point: string) => {
  const abort = new AbortController();
  const seen: { live: LiveEvent | undefined; refused: number } = { live: undefined, refused: 0 };
  const listen = async (): Promise<void> => {
    const { body, ok } = await fetch(`${page}/api/v1/stream?point=${point}&events=live`, { signal: abort.signal });
    if (!ok || body === null) {
      seen.refused++;
      return;
    }
    let text = "";
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^event: live$[\s\S]*^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) seen.live = JSON.parse(data) as LiveEvent;
      }
    }
  };
  const go = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await listen().catch(() => {});
      await sleep(500);
    }
  };
  const going = go();
  const end = async (): Promise<void> => {
    abort.abort();
    await going;
  };
  return { seen, end };
};

test("who looks at a live page while its reader is killed sees values again, and asks for nothing by hand", {
  skip,
  timeout: 300_000,
}, async (t) => {
  const database = await servers.fleet();
  const url = `${(await servers.server()).url}?schema=${database.place.schema}`;
  const meter = await countedMeter(1);
  const processes = ["one", "two", "page"].map((name) => new FleetProcess(name, url)) as [
    FleetProcess,
    FleetProcess,
    FleetProcess,
  ];
  const [one, two, page] = processes;
  await bookMeters(database, [meter]);
  try {
    await Promise.all([one.start(), two.start(), page.start("api")]);
    const { seen, end } = follow(page.url, meter.id);
    try {
      const isGood = (): boolean => seen.live?.quality === "good" && seen.live.power_w !== null;
      await untilSo("values come", 90_000, isGood);
      const { rows } = await database.run(
        "SELECT h.address FROM held_shard s JOIN holder h USING (holder) WHERE shard = $1",
        [shardOf(meter.id, 16)],
      );
      const victim = String(rows[0]?.address) === one.url ? one : two;
      const before = seen.live?.time ?? "";
      const killed = performance.now();
      await victim.kill();
      await untilSo("the old values are not shown as live", 20_000, () => !isGood());
      const stale = performance.now() - killed;
      await untilSo("new values come", 90_000, () => isGood() && (seen.live?.time ?? "") > before);
      const seconds = (time: number): string => (time / 1_000).toFixed(1);
      t.diagnostic(`stale after ${seconds(stale)} s, new values after ${seconds(performance.now() - killed)} s`);
      assert.equal(seen.refused, 0);
    } finally {
      await end();
    }
  } catch (error) {
    throw new Error(processes.map(({ log }) => log).join(""), { cause: error });
  } finally {
    await Promise.all(processes.map((process) => process.remove()));
    await meter.close();
  }
});

test("what came after a backup is booked again from the data folders once that backup is restored", {
  skip,
  timeout: 300_000,
}, async (t) => {
  const database = await servers.fleet();
  const server = await servers.server();
  const { schema } = database.place;
  const process = new FleetProcess("one", `${server.url}?schema=${schema}`);
  const meter = await countedMeter(20);
  await bookMeters(database, [meter]);
  const booked = async () => (await bookedOf(database).catch(() => new Map<string, number>())).get(meter.id) ?? 0;
  const isWhole = async (): Promise<boolean> => (await booked()) >= 185;
  try {
    const backup = server.dump(schema);
    await process.start();
    await untilSo("the memory of the meter is booked", 120_000, isWhole);
    await process.stop();
    const before = await booked();
    server.sql(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
    server.restore(backup);
    assert.equal(await booked(), 0);
    // As `meterport fleet init` does.
    await settleBooks(database.run);
    const read = meter.requests();
    await process.start();
    await untilSo("it is booked again", 120_000, async () => (await booked()) >= before);
    const { lost, wrong, doubled } = await judge(database, [meter]);
    assert.deepEqual({ lost, wrong, doubled }, { lost: 0, wrong: 0, doubled: 0 });
    t.diagnostic(
      `${before} intervals, 0 after the restore, then ${await booked()}; ${meter.requests() - read} requests`,
    );
  } catch (error) {
    throw new Error(process.log, { cause: error });
  } finally {
    await process.remove();
    await meter.close();
  }
});

test("a process of another fleet, or without the fleet's key, ends with a sentence", { skip }, async () => {
  const [nothing, fleet] = [await servers.connect(), await servers.fleet()];
  const server = await servers.server();
  await bookMeters(fleet, []);
  const refused = async ({ place }: typeof fleet, env: Readonly<Record<string, string>>, sentence: RegExp) => {
    const stranger = new FleetProcess("x", `${server.url}?schema=${place.schema}`, { env });
    await assert.rejects(stranger.start(), sentence);
    await stranger.remove();
  };
  await Promise.all([
    refused(nothing, {}, /has no fleet in the schema .*: run meterport fleet init/),
    refused(
      fleet,
      { METERPORT_FLEET_ID: "south" },
      /belongs to the fleet "Test" \(test\), not to south: name the schema/,
    ),
    refused(
      fleet,
      { METERPORT_FLEET_KEY: "00".repeat(32) },
      /is not that of the fleet "Test" \(test\), which uses key 1: give/,
    ),
  ]);
});
