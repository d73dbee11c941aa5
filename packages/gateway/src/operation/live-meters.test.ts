/** Meters that come and go while others are read, in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeterChange } from "@meterport/engine/points/meter-view";
import { FakeMeter } from "@meterport/engine/testing/fake-meter";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { httpSetup } from "../testing/http-setup.ts";
import { type LiveMeter, LiveMeters } from "./live-meters.ts";
import type { GatewayMeter } from "./open-meter.ts";

const meterOf = (id: string, source: FakeMeter): GatewayMeter => ({
  id,
  name: id.toUpperCase(),
  url: "tcp://127.0.0.1:4060",
  simulated: false,
  interval: 2_000,
  source,
  redact: async () => undefined,
});

test("a meter that stays is read at every tick while others are added, changed and removed", async () => {
  const { gateway, clock, meter, store, json, done } = await httpSetup();
  await clock.advance(10_000);
  const first = new FakeMeter(clock);
  const second = new FakeMeter(clock);
  await clock.run(gateway.replaceMeters([], [meterOf("garage", first)]));
  await clock.advance(10_000);
  assert.equal((await json<{ power_w: number }>("/api/v1/meters/garage/live")).power_w, 500);
  await clock.run(gateway.replaceMeters(["garage"], [meterOf("garage", second)]));
  await clock.advance(10_000);
  assert.ok(first.closes === 1 && second.reads.length >= 5);
  await clock.run(gateway.replaceMeters(["garage"], []));
  await clock.advance(10_000);
  assert.equal(second.closes, 1);
  assert.deepEqual(
    (await json<readonly { id: string }[]>("/api/v1/meters")).map(({ id }) => id),
    ["home"],
  );
  assert.equal(meter.closes, 0);
  const gaps = meter.reads.slice(1).map((time, n) => time - (meter.reads[n] ?? 0));
  assert.ok(gaps.length >= 18 && gaps.every((gap) => gap === 2_000), gaps.join());
  const { readings } = await store.prune({ readings: 1e15 });
  assert.ok(readings >= meter.reads.length + first.reads.length + second.reads.length - 1, String(readings));
  await done();
});

test("a stream goes on with the changed meter, and learns that a removed one has no values", async () => {
  const { gateway, clock, get, done } = await httpSetup();
  const [first, second] = [new FakeMeter(clock), new FakeMeter(clock)];
  second.values = { power_w: 900 };
  await clock.run(gateway.replaceMeters([], [meterOf("garage", first)]));
  const response = await get("/api/v1/meters/garage/events");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const read = async (until: RegExp): Promise<void> => {
    while (!until.test(seen)) {
      const part = await clock.run(reader?.read() ?? assert.fail("no stream"));
      seen += part.value ?? assert.fail(`ended: ${seen}`);
    }
  };
  await read(/"power_w":500/);
  await clock.run(gateway.replaceMeters(["garage"], [meterOf("garage", second)]));
  await read(/"power_w":900/);
  seen = "";
  await clock.run(gateway.replaceMeters(["garage"], []));
  await read(/"quality":"stale"/);
  assert.equal((await get("/api/v1/meters/garage/live")).status, 404);
  await reader?.cancel();
  await done();
});

test("if the store fails, nothing has changed", async () => {
  const { gateway, clock, store, json, done } = await httpSetup();
  const source = new FakeMeter(clock);
  const works = store.allLastRegisters;
  Object.defineProperty(store, "allLastRegisters", {
    value: () => Promise.reject(new Error("away")),
    configurable: true,
  });
  await assert.rejects(clock.run(gateway.replaceMeters(["home"], [meterOf("home", source)])), /away/);
  Object.defineProperty(store, "allLastRegisters", { value: works, configurable: true });
  await clock.advance(5_000);
  assert.equal((await json<{ power_w: number }>("/api/v1/meters/home/live")).power_w, 500);
  assert.equal(source.reads.length, 0);
  await done();
});

test("listeners who left hear nothing, and a meter without any is not subscribed to", async () => {
  const heard: MeterChange[] = [];
  let subscribed = 0;
  const fake = { summary: () => ({ link: {} }), live: () => ({ time: null }), detail: () => ({}) } as unknown;
  const loop: LiveMeter["loop"] = {
    ...(fake as LiveMeter["loop"]),
    id: "a",
    subscribe: () => {
      subscribed++;
      return () => {
        subscribed--;
      };
    },
    start: () => {},
    stop: async () => {},
  };
  const meters = new LiveMeters(new VirtualClock());
  meters.add({ loop });
  const view = meters.views.get("a") ?? assert.fail("no view");
  assert.equal(subscribed, 0);
  const off = view.subscribe((change) => heard.push(change));
  const other = view.subscribe(() => {});
  assert.equal(subscribed, 1);
  await meters.replace(["a"], [{ loop }]);
  assert.deepEqual([subscribed, heard.map(({ event }) => event)], [1, ["link", "live"]]);
  off();
  off();
  other();
  assert.equal(subscribed, 0);
  await meters.replace(["a"], []);
  assert.deepEqual([meters.views.size, heard.length], [0, 2]);
});
