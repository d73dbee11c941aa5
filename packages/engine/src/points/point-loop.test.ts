import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError, ResponseError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { limitsForFuse } from "../guard/guard.ts";
import { silentLog } from "../ports/log.ts";
import { FakeMeter, identity } from "../testing/fake-meter.ts";
import type { MeterChange } from "./meter-view.ts";
import { PointLoop, type PointLoopOptions } from "./point-loop.ts";

const noAnswer = new LinkError("no-answer", "read BT23", "no answer after 3 attempts (500 ms each)");

const setup = (options: Partial<PointLoopOptions> = {}, prepare: Partial<FakeMeter> = {}) => {
  const clock = new VirtualClock();
  const meter = Object.assign(new FakeMeter(clock), prepare);
  const kept: LiveReading[] = [];
  const changes: (MeterChange & { at: number })[] = [];
  const loop = new PointLoop({
    id: "home",
    name: "Home",
    url: "tcp://127.0.0.1:4059",
    simulated: false,
    interval: 2_000,
    limits: limitsForFuse(25),
    source: meter,
    clock,
    log: silentLog,
    onReading: (reading) => kept.push(reading),
    ...options,
  });
  loop.subscribe((change) => changes.push({ ...change, at: clock.now() }));
  loop.start();
  return { clock, meter, kept, changes, loop };
};

test("polls at each interval and shows what was read", async () => {
  const { clock, meter, kept, loop } = setup();
  assert.equal(loop.summary().link.state, "connecting");
  assert.equal(loop.live().quality, "stale");
  assert.equal(loop.live().time, null);
  await clock.advance(10_000);
  assert.deepEqual(meter.reads, [100, 2_100, 4_100, 6_100, 8_100]);
  assert.equal(kept.length, 5);
  assert.equal(loop.live().power_w, 500);
  assert.equal(loop.live().quality, "good");
  assert.deepEqual(loop.detail().identity, identity);
  const { link } = loop.summary();
  assert.equal(link.state, "up");
  assert.equal(link.problem, null);
  assert.equal(link.polls, 5);
  assert.equal(link.round_trip_ms, 50);
  assert.equal(link.last_reading, kept.at(-1)?.time);
  await clock.run(loop.stop());
  assert.equal(meter.closes, 1);
  assert.equal(clock.pending, 0);
});

test("a failed poll shows at once, values are withheld, and polling resumes when the link is back", async () => {
  const { clock, meter, changes, loop } = setup();
  await clock.advance(3_000);
  const since = loop.summary().link.since;
  meter.readTakes = 1_700;
  meter.readFails = noAnswer;
  changes.length = 0;
  // The read at 2.1 s was the last good one; the failing one begins at 4.1 s.
  await clock.advance(2_900);
  const { link } = loop.summary();
  assert.deepEqual([link.state, link.cause, link.problem], ["silent", "no-answer", noAnswer.message]);
  assert.notEqual(link.since, since);
  assert.equal(loop.live().power_w, null);
  assert.equal(loop.live().quality, "stale");
  assert.equal(loop.live().time, link.last_reading);
  const told = changes.find((change) => change.event === "live" && change.data.quality === "stale");
  assert.ok(told !== undefined && told.at - 2_150 < 5_000, "listeners are told within 5 s of the last reading");
  meter.readFails = undefined;
  meter.readTakes = 50;
  await clock.advance(4_000);
  assert.equal(meter.reads.length, 3, "a link without values is not polled");
  meter.turn("up");
  assert.equal(meter.reads.at(-1), clock.now(), "it polls at once, without waiting for an interval");
  await clock.advance(100);
  assert.equal(loop.summary().link.state, "up");
  assert.equal(loop.summary().link.problem, null);
  assert.equal(loop.live().power_w, 500);
  assert.equal(loop.summary().link.failures, 1);
  await clock.advance(2_000);
  assert.equal(meter.reads.length, 5, "the rhythm continues from there");
  await clock.run(loop.stop());
});

test("a read that hangs is stale within 5 s of the last reading, whatever the link says", async () => {
  const { clock, meter, changes, loop } = setup();
  await clock.advance(2_500);
  meter.hangs = true;
  changes.length = 0;
  await clock.advance(3_900);
  const { link } = loop.summary();
  assert.deepEqual([link.state, link.cause], ["silent", "no-reading"]);
  assert.match(link.problem ?? "", /no reading for 4 s/);
  assert.equal(changes.find((change) => change.event === "link" && change.data.state === "silent")?.at, 6_150);
  await clock.advance(15_000);
  assert.equal(loop.summary().link.cause, "no-answer", "the read has reached its limit");
  meter.hangs = false;
  meter.turn("up");
  await clock.advance(100);
  assert.equal(loop.summary().link.state, "up");
  assert.equal(meter.overlaps, 0);
  await clock.run(loop.stop());
});

test("a link that comes back during a poll is polled when that poll is over", async () => {
  const { clock, meter, loop } = setup();
  await clock.advance(2_050);
  meter.readTakes = 600;
  await clock.advance(100);
  meter.turn("silent", { code: "closed", text: "the connection broke" });
  meter.readFails = noAnswer;
  assert.equal(loop.live().power_w, null);
  await clock.advance(400);
  meter.turn("up");
  meter.readFails = undefined;
  await clock.advance(300);
  assert.equal(loop.live().power_w, 500);
  assert.equal(meter.overlaps, 0);
  await clock.run(loop.stop());
});

test("a degraded link gives values, a paused one does not", async () => {
  const { clock, meter, loop } = setup();
  await clock.advance(500);
  meter.turn("degraded", { code: "half-reply", text: "replies stop before their end" });
  const { link } = loop.summary();
  assert.deepEqual([link.state, link.cause, link.problem], ["degraded", "half-reply", "replies stop before their end"]);
  assert.equal(loop.live().power_w, 500);
  meter.turn("paused", { code: "optical-session", text: "the meter fell silent" });
  assert.equal(loop.summary().link.state, "paused");
  assert.equal(loop.live().power_w, null);
  await clock.run(loop.stop());
});

test("polls never overlap, and ticks missed by a slow meter are skipped", async () => {
  const { clock, meter, loop } = setup();
  meter.readTakes = 2_500;
  await clock.advance(20_000);
  assert.equal(meter.overlaps, 0);
  assert.deepEqual(meter.reads, [100, 4_100, 8_100, 12_100, 16_100]);
  await clock.run(loop.stop());
});

test("a refusal is distinguished from silence, with its sentence, and polled again at each interval", async () => {
  const { clock, meter, loop } = setup();
  meter.failState = "refused";
  meter.readFails = new ResponseError("no-permission", 0x03, "read BT28", "the key does not allow it");
  await clock.advance(500);
  assert.equal(loop.summary().link.state, "refused");
  assert.match(loop.summary().link.problem ?? "", /read BT28: the key does not allow it/);
  await clock.advance(4_000);
  assert.deepEqual(meter.reads, [100, 2_100, 4_100]);
  meter.readFails = undefined;
  await clock.advance(2_000);
  assert.equal(loop.live().power_w, 500);
  await clock.run(loop.stop());
});

test("a failure that is not the meter's is logged once an interval, and no old value stays", async () => {
  const errors: string[] = [];
  const { clock, meter, loop } = setup({
    log: { ...silentLog, error: (line, about) => errors.push(`${about?.meter}: ${line}`) },
  });
  await clock.advance(1_000);
  assert.equal(loop.live().power_w, 500);
  Object.assign(meter, { read: () => Promise.reject(new TypeError("x is not a function")) });
  await clock.advance(10_000);
  assert.deepEqual(errors, Array(5).fill("home: unexpected: x is not a function"));
  assert.deepEqual([loop.live().power_w, loop.summary().link.cause], [null, "no-reading"]);
  await clock.run(loop.stop());
});

test("a sleeping machine wakes up with a stale reading", async () => {
  const { clock, loop } = setup({ interval: 60_000 });
  await clock.advance(1_000);
  assert.equal(loop.live().power_w, 500);
  clock.stepWall(3_600_000);
  assert.equal(loop.live().power_w, null);
  assert.equal(loop.summary().link.state, "silent");
  await clock.run(loop.stop());
});

test("stop ends a poll that hangs", async () => {
  const { clock, meter, loop } = setup();
  meter.hangs = true;
  await clock.advance(500);
  await clock.run(loop.stop(), 10_000);
  assert.equal(meter.closes, 1);
  assert.equal(clock.pending, 0);
});

test("a suspect value reaches neither the page nor the store", async () => {
  const { clock, meter, kept, loop } = setup();
  await clock.advance(500);
  meter.values = { power_w: 3_000_000, energy_import_wh: 900 };
  await clock.advance(2_000);
  assert.equal(loop.live().quality, "suspect");
  assert.equal(loop.live().power_w, null);
  assert.equal(kept.at(-1)?.energy_import_wh, null);
  await clock.run(loop.stop());
});

test("a value that leapt is read again at once, so that a true one shows without waiting for the interval", async () => {
  const { clock, meter, loop } = setup({ interval: 10_000, limits: limitsForFuse(100) });
  await clock.advance(1_000);
  meter.values = { power_w: 40_000, energy_import_wh: 1_010 };
  await clock.advance(9_200);
  assert.deepEqual([loop.live().power_w, loop.live().energy_import_wh], [null, null]);
  await clock.advance(300);
  assert.deepEqual([loop.live().power_w, loop.live().energy_import_wh, loop.live().quality], [40_000, 1_010, "good"]);
  await clock.advance(19_500);
  assert.deepEqual(meter.reads, [100, 10_100, 10_400, 20_100]);
  await clock.run(loop.stop());
});

test("a meter whose values leap with each reading is read at most twice an interval", async () => {
  const { clock, meter, loop } = setup({ interval: 10_000 });
  const keys = ["voltage_l1_v", "voltage_l2_v", "voltage_l3_v"] as const;
  const read = meter.read;
  let turn = 0;
  Object.assign(meter, {
    read: async (limit: number) => ({
      ...(await read(limit)),
      ...Object.fromEntries(keys.map((key) => [key, 230])),
      [keys[turn++ % 3] as string]: 150,
    }),
  });
  await clock.advance(100_000);
  assert.ok(meter.reads.length > 10 && meter.reads.length <= 20, String(meter.reads.length));
  await clock.run(loop.stop());
});
