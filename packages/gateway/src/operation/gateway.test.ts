import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { FakeMeter } from "@meterport/engine/testing/fake-meter";
import { emptyReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { PausableSource } from "../meters/pausable-source.ts";
import { openHastyStore } from "../stores/sqlite/hasty-store.test-kit.ts";
import { openSqliteStore } from "../stores/sqlite/sqlite-threads.ts";
import { createGateway } from "./gateway.ts";
import type { GatewayMeter } from "./open-meter.ts";

test("more points that are known than calls that a store takes at a time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-gateway-"));
  const clock = new VirtualClock();
  const store = await openSqliteStore(folder, silentLog, clock.wall);
  const ids = Array.from({ length: 1_100 }, (_, i) => `m${i}`);
  const reading = {
    ...emptyReading(new Date(clock.wall() - 60_000).toISOString(), "good"),
    ...{ power_w: 5, energy_import_wh: 1_000 },
  };
  await store.write({ readings: ids.map((point) => ({ point, reading })) });
  const gateway = await createGateway({
    meters: ids.map((id) => ({
      ...{ id, name: id, url: "tcp://127.0.0.1:4059", simulated: true, interval: 10_000 },
      ...{ source: new FakeMeter(clock), redact: async () => undefined },
    })),
    ...{ store, clock, log: silentLog, retention: { raw: 1e12, minutes: 1e12 } },
    ...{ captures: { list: () => [], read: () => undefined }, version: "", dashboard: "", host: "127.0.0.1" },
    allowedHosts: [],
  });
  assert.equal(gateway.tally.points, ids.length);
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

test("the end comes within five seconds although no meter and no store ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-gateway-"));
  const clock = new VirtualClock();
  const store = await openSqliteStore(folder, silentLog, clock.wall);
  const never = (): Promise<never> => new Promise(() => {});
  const hung = new Proxy(store, {
    get: (target, name) => (name === "write" || name === "close" ? never : Reflect.get(target, name)),
  });
  const source = Object.assign(new FakeMeter(clock), { close: never });
  const gateway = await createGateway({
    meters: [
      {
        ...{ id: "home", name: "Home", url: "tcp://127.0.0.1:4059", simulated: true, interval: 10_000 },
        ...{ source, redact: async () => undefined },
      },
    ],
    ...{ store: hung, clock, log: silentLog, retention: { raw: 1e12, minutes: 1e12 } },
    ...{ captures: { list: () => [], read: () => undefined }, version: "", dashboard: "", host: "127.0.0.1" },
    allowedHosts: [],
  });
  gateway.start();
  await clock.advance(20_000);
  let ended: number | undefined;
  const began = clock.now();
  const stopping = gateway.stop().then(() => {
    ended = clock.now();
  });
  await clock.advance(5_000);
  assert.ok(ended !== undefined && ended - began <= 3_500, `${ended}`);
  await stopping;
  await store.close();
  rmSync(folder, { recursive: true });
});

test("a meter that is replaced by one with the same source keeps its link, and misses no turn", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-gateway-"));
  const clock = new VirtualClock();
  const made: FakeMeter[] = [];
  const make = (): FakeMeter => {
    const meter = new FakeMeter(clock);
    made.push(meter);
    return meter;
  };
  const source = new PausableSource({ make, clock });
  const named = (name: string): GatewayMeter => ({
    ...{ id: "home", name, url: "tcp://127.0.0.1:4059", simulated: true, interval: 1_000 },
    ...{ source, shareSource: source.share, redact: async () => undefined },
  });
  const gateway = await createGateway({
    meters: [named("Home")],
    ...{ store: openHastyStore(folder, clock.wall), clock, log: silentLog, retention: { raw: 1e12, minutes: 1e12 } },
    ...{ captures: { list: () => [], read: () => undefined }, version: "", dashboard: "", host: "127.0.0.1" },
    allowedHosts: [],
  });
  gateway.start();
  await clock.advance(10_000);
  const [meter] = made;
  assert.ok(meter);
  for (const name of ["Ours", "Theirs"]) {
    await clock.run(gateway.replaceMeters(["home"], [named(name)]));
    await clock.advance(5_000);
    assert.equal(gateway.meter("home")?.name, name);
  }
  const pauses = meter.reads.slice(1).map((time, n) => time - (meter.reads[n] ?? 0));
  assert.ok(meter.reads.length >= 20, `${meter.reads.length} reads in 20 s`);
  assert.ok(Math.max(...pauses) <= 1_000, `no read for ${Math.max(...pauses)} ms`);
  assert.deepEqual([made.length, meter.closes], [1, 0]);
  await clock.run(gateway.stop());
  assert.equal(meter.closes, 1);
  rmSync(folder, { recursive: true });
});
