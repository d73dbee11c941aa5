/** Processes of a fleet as people start them, with real meters and a real database, and what may happen to them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { FleetProcess } from "./fleet-daemon.test-kit.ts";
import { FleetRounds, incidents } from "./fleet-rounds.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

/** METERPORT_FLEET_ROUNDS=6 does each kind of incident once, in some minutes; none without it. */
const rounds = Number(process.env.METERPORT_FLEET_ROUNDS ?? 0);

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
      const { lost, wrong, doubled, takeover, overlaps, right } = await fleet.round(incident, 2, chance);
      t.diagnostic(
        `${incident}: ${(takeover / 1_000).toFixed(1)} s, ${right} intervals right, ${overlaps} clients met`,
      );
      assert.deepEqual({ lost, wrong, doubled }, { lost: 0, wrong: 0, doubled: 0 }, incident);
      if (incident.startsWith("kill")) assert.ok(takeover <= 12_000, `${takeover}`);
      if (incident !== "pause") assert.equal(overlaps, 0, incident);
    }
  } catch (error) {
    throw new Error(fleet.log, { cause: error });
  } finally {
    await fleet.end();
  }
});

test("a process of another fleet, or without the fleet's key, ends with a sentence", { skip }, async () => {
  const database = await servers.connect();
  const server = await servers.server();
  const url = `${server.url}?schema=${database.place.schema}`;
  const stranger = new FleetProcess("x", url);
  await assert.rejects(stranger.start(), /has no fleet in the schema .*: run meterport fleet init/);
  await stranger.remove();
});
