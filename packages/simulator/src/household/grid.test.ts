import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { electricCar } from "./appliances/electric-car.ts";
import { FUSE_AMPERE, FUSE_VA, frequencyAt, LOWEST_VOLTAGE, loadedVoltage, openVoltage } from "./grid.ts";
import { LoadBlock } from "./load.ts";
import { Noise } from "./noise.ts";

test("the voltage sags with load and rises with feed-in", () => {
  assert.ok(loadedVoltage(230, 3000, 0) < 229);
  assert.ok(loadedVoltage(230, -3000, 0) > 231);
});

test("no load that the fuse allows pulls the voltage below its floor, so none exceeds the fuse", () => {
  const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
  const load = fc.double({ min: 0, max: 1, noNaN: true });
  const time = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(fc.integer(), time, fc.integer({ min: 0, max: 2 }), load, angle, (seed, unix, phase, share, phi) => {
      const open = openVoltage(unix, unix + 3600, phase, new Noise(seed, "voltage"));
      const apparent = share * FUSE_VA;
      const voltage = loadedVoltage(open, apparent * Math.cos(phi), apparent * Math.sin(phi));
      assert.ok(voltage >= LOWEST_VOLTAGE && voltage <= 253, `${voltage} V`);
      assert.ok(apparent / voltage <= FUSE_AMPERE);
      const frequency = frequencyAt(unix, new Noise(seed, "frequency"));
      assert.ok(Math.abs(frequency - 50) < 0.1, `${frequency} Hz`);
    }),
  );
});

test("a block beyond the fuse is held within it and keeps its angle", () => {
  const block = new LoadBlock(0, 3600);
  block.addSpan(1, 3600, 3660, 20_000, -10_000);
  block.addSpan(2, 3600, 3660, 100.4, -0.4);
  block.settle(FUSE_VA);
  const watts = block.wattsAt(1, 59);
  const vars = block.varsAt(1, 59);
  assert.ok(Math.hypot(watts, vars) <= FUSE_VA && Math.hypot(watts, vars) > FUSE_VA - 3);
  assert.ok(Math.abs(watts + 2 * vars) <= 3);
  assert.deepEqual([block.wattsAt(2, 0), block.varsAt(2, 0)], [100, 0]);
});

test("harmonics count towards the fuse", () => {
  const block = new LoadBlock(0, 3600);
  block.addSpan(0, 3600, 3660, 6000, 0, 4000);
  block.addSpan(0, 3600, 3660, 0, 0, 4000);
  assert.equal(block.voltAmperesAt(0, 0), 10_000);
  block.settle(FUSE_VA);
  assert.ok(block.voltAmperesAt(0, 0) <= FUSE_VA && block.voltAmperesAt(0, 0) > FUSE_VA - 3);
  assert.ok(Math.abs(block.wattsAt(0, 0) - 0.6 * FUSE_VA) <= 2);
});

test("a car takes what the others leave of the fuse, alike on every phase, and pauses below 6 A", () => {
  const car = electricCar(new Noise(1, "car"));
  const charging = (others: number): number[][] => {
    for (let start = Date.UTC(2025, 0, 1) / 1000; ; start += 60) {
      const idle = new LoadBlock(start, start + 3600);
      car(idle);
      if (idle.wattsAt(0, 0) < 3600) continue;
      const block = new LoadBlock(start, start + 3600);
      block.addSpan(1, block.local, block.local + 60, others, 0);
      car(block);
      return [0, 1, 2].map((phase) => [block.wattsAt(phase, 30), block.varsAt(phase, 30)]);
    }
  };
  const watts = (others: number): number[] => charging(others).map(([active]) => active as number);
  assert.deepEqual(watts(0), [3680, 3680, 3680]);
  const limited = watts(5000);
  assert.ok((limited[1] as number) < FUSE_VA && (limited[1] as number) > 7000, `${limited[1]}`);
  assert.equal(limited[0], (limited[1] as number) - 5000);
  assert.deepEqual(watts(6500), [0, 6500, 0]);
});
