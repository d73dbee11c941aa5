/** Power between the full sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { limitsForFuse } from "../guard/guard.ts";
import { silentLog } from "../ports/log.ts";
import { FakeMeter } from "../testing/fake-meter.ts";
import { PointLoop, type PointLoopOptions } from "./point-loop.ts";

const setup = (power: PointLoopOptions["power"], options: Partial<PointLoopOptions> = {}) => {
  const clock = new VirtualClock();
  const meter = new FakeMeter(clock);
  const kept: LiveReading[] = [];
  const loop = new PointLoop({
    ...{ id: "home", name: "Home", url: "tcp://bridge", simulated: false, interval: 2_000 },
    ...{ limits: limitsForFuse(25), source: meter, clock, log: silentLog, power },
    onReading: (reading) => kept.push(reading),
    ...options,
  });
  loop.start();
  return { clock, meter, loop, kept };
};

test("power is read between the full sets, which keep their rhythm, and is not kept", async () => {
  const { clock, meter, loop, kept } = setup({ interval: 250 });
  await clock.advance(2_300);
  assert.deepEqual(meter.reads, [100, 2_100]);
  assert.deepEqual(meter.partReads, [350, 600, 850, 1_100, 1_350, 1_600, 1_850]);
  assert.equal(meter.overlaps, 0);
  meter.values = { ...meter.values, power_w: 900, energy_import_wh: 1_001 };
  await clock.advance(200);
  assert.equal(loop.live().power_w, 900);
  assert.equal(loop.live().energy_import_wh, 1_000, "of the last full set");
  assert.equal(kept.length, 2);
  assert.equal(loop.summary().link.polls, 2);
  await clock.run(loop.stop());
  assert.equal(clock.pending, 0);
});

test("readings of power are kept if that is wanted", async () => {
  const powers: LiveReading[] = [];
  const { clock, loop } = setup({ interval: 500, onReading: (reading) => powers.push(reading) });
  await clock.advance(1_700);
  assert.deepEqual(
    powers.map(({ power_w, energy_import_wh }) => [power_w, energy_import_wh]),
    Array(3).fill([500, null]),
  );
  await clock.run(loop.stop());
});

test("a full set that comes due during a reading of power follows at once", async () => {
  const { clock, meter, loop } = setup({ interval: 1_900 });
  await clock.advance(1_000);
  meter.readTakes = 300;
  await clock.advance(2_000);
  assert.deepEqual(meter.partReads, [2_000]);
  assert.deepEqual(meter.reads, [100, 2_300]);
  await clock.advance(2_000);
  assert.equal(meter.reads.at(-1), 4_100, "the rhythm is kept");
  await clock.run(loop.stop());
});

test("a doubtful power is withheld like any other value", async () => {
  const { clock, meter, loop } = setup({ interval: 500 });
  await clock.advance(700);
  meter.values = { power_w: 3_000_000 };
  await clock.advance(500);
  assert.deepEqual([loop.live().power_w, loop.live().quality], [null, "suspect"]);
  await clock.run(loop.stop());
});

test("a failed reading of power ends it until the link is back, and old values are withheld", async () => {
  const { clock, meter, loop } = setup({ interval: 500 });
  await clock.advance(700);
  meter.readFails = new LinkError("no-answer", "read BT28", "no answer");
  await clock.advance(600);
  const { length } = meter.partReads;
  assert.equal(loop.live().power_w, null);
  await clock.advance(5_000);
  assert.equal(meter.partReads.length, length);
  meter.readFails = undefined;
  meter.turn("up");
  await clock.advance(800);
  assert.equal(loop.live().power_w, 500);
  assert.ok(meter.partReads.length > length);
  await clock.run(loop.stop());
});

test("without fresh full sets only power is shown", async () => {
  const { clock, meter, loop } = setup({ interval: 500 });
  await clock.advance(700);
  const { read } = meter;
  Object.assign(meter, {
    // Full sets never end; the link does not notice.
    read: (limit: number, keys?: readonly never[]) =>
      keys === undefined ? Promise.reject(new TypeError("no set")) : read(limit, keys),
  });
  await clock.advance(8_000);
  const live = loop.live();
  assert.equal(live.energy_import_wh, null);
  await clock.run(loop.stop());
});
